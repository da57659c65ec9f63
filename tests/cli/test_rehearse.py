"""Which platforms a rehearsal can play."""

import pytest

from cli.rehearse import refuse_modules
from modules.settings import State
from tests.platforms import platform


def test_a_platform_in_module_form_is_refused_by_name() -> None:
    refuse_modules([platform("prod"), platform("exported", state=State.none())])
    with pytest.raises(ValueError, match=r'exported: .*form="root"'):
        refuse_modules([platform("prod"), platform("exported", state=State.none(form="module"))])
