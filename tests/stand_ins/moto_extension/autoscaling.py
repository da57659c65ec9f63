"""Auto Scaling: two groups may each have a scheduled action of the same name."""

from typing import Any

from moto.autoscaling.models import AutoScalingBackend, FakeScheduledAction

moto_put = AutoScalingBackend.put_scheduled_update_group_action


def put_scheduled_update_group_action(self: AutoScalingBackend, **given: Any) -> FakeScheduledAction:
    """Key by group and name; moto keys the actions by their name alone, so that the last group's wins."""
    action = moto_put(self, **given)
    del self.scheduled_actions[action.scheduled_action_name]
    self.scheduled_actions[f"{action.auto_scaling_group_name}/{action.scheduled_action_name}"] = action
    return action


def delete_scheduled_action(self: AutoScalingBackend, auto_scaling_group_name: str, scheduled_action_name: str) -> None:
    """https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteScheduledAction.html."""
    self.scheduled_actions.pop(f"{auto_scaling_group_name}/{scheduled_action_name}", None)


def install() -> None:
    """Put the repairs into moto."""
    for operation in (put_scheduled_update_group_action, delete_scheduled_action):
        setattr(AutoScalingBackend, operation.__name__, operation)
