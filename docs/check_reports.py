"""The part of docs/check.md about reports, with jobs for a pull request; a test validates the jobs by the schemas of both sites."""

import re

from stacks.handover.actions import ACTIONS

_WORKFLOW = """\
name: Check
on: pull_request
permissions:
  contents: read
  pull-requests: write # the comment; a pull request from a fork has no such right
jobs:
  check:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    steps:
      - uses: <checkout>
        with:
          fetch-depth: 0 # the target branch is compared
          persist-credentials: false
      - uses: <setup_python>
        with:
          python-version: "3.13"
      - uses: <setup_node>
        with:
          node-version: "22"
      - uses: <cache>
        with:
          path: ~/.cache/kubeflow-aws
          key: charts-${{ hashFiles('requirements.txt') }}
      - run: pip install --no-compile -r requirements.txt
      - run: kubeflow-aws check --against origin/$BASE --html check.html --markdown > comment.md
        env:
          BASE: ${{ github.base_ref }}
      - uses: <upload>
        if: always()
        with:
          name: check
          path: check.html
      - run: gh pr comment "$NUMBER" --body-file comment.md --edit-last --create-if-none
        if: always()
        env:
          GH_REPO: ${{ github.repository }}
          GH_TOKEN: ${{ github.token }}
          NUMBER: ${{ github.event.pull_request.number }}
"""
GITHUB = re.sub(r"<(\w+)>", lambda found: str(ACTIONS[found[1]]), _WORKFLOW)
GITLAB = """\
check:
  image: python:3.13
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: "0" # --against reads the commit from which the branch starts
  before_script:
    - apt-get update && apt-get install --yes --no-install-recommends nodejs
    - pip install --no-compile -r requirements.txt
  script:
    - kubeflow-aws check --against $CI_MERGE_REQUEST_DIFF_BASE_SHA --html check.html --markdown > comment.md
  after_script:
    # CHECK_TOKEN: a project access token with the scope api; a job's own token cannot write comments
    - >-
      curl --fail --silent --show-error --header "PRIVATE-TOKEN: $CHECK_TOKEN" --data-urlencode "body@comment.md"
      "$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes"
  artifacts:
    when: always
    expose_as: check
    paths: [check.html]
"""
REPORTS = f"""\
`--html FILE` writes all platforms to one HTML file: the picture of each platform, findings by severity with the text of this page,
every table and picture, and the plan of a [teardown](#teardown), whose findings are listed with it and do not count in the result.
The file loads nothing and runs nothing, and can be attached to a pull request. It follows the reader's light or dark theme, long
tables are closed on a screen and open in print. The same `main.py`, version and day give the same bytes; a date is shown only with
`--date`, which also sets the day for [ends of support](#ends). With `--docs URL`, ids link to your copy of this page.

`--markdown` prints a short form for a comment on GitHub or GitLab: results, findings, and tables that a reader opens. It stays below
60,000 characters and says how many rows are left out.

### Compare with another revision

`--against main` adds what changed since another commit, branch or tag of the repository that has `main.py`:

| part | compared |
| --- | --- |
| Terraform | resources that are added, changed, replaced, moved, removed or kept in AWS, with each attribute |
| IAM | statements and policies of roles that are added or removed, trust included |
| Traffic | connections that are opened, closed, or evaluated in one revision alone |
| Cost | monthly cost of each item, if both revisions have prices |
| Figures | results and numbers of each section |
| Findings | new, changed, no longer found |
| Objects | Kubernetes objects of all releases, as `kubeflow-aws compare` does: fields, images, rights, object types, manual steps |
| Other blocks | values of charts, data sources, outputs, providers |

The revision is written to a temporary folder and synthesized and checked there: by its own code if the repository is a clone of this
project, otherwise by the installed version. `git` only reads: files, index and branches stay as they are, and the folder is removed,
also after Ctrl-C. The code of that revision's `main.py` runs, so compare only with revisions that you trust as much as the current one.

*Replaced* follows a table: what the AWS provider 5.100 answered to a change of each attribute. A newer provider can change more in
place, and values known only at apply are compared as expressions: the plan has the last word. Sections that the earlier revision's
check does not have are named and not compared. Objects of official charts are compared by the chart's version.

### Attach to a pull request

Both jobs are for a repository with `main.py` and `requirements.txt`, as `kubeflow-aws init --repo my-platform` writes it. A job fails if the check
has an error; comment and file are there in any case.

GitHub, as a file in the folder `.github/workflows`:

```yaml
{GITHUB}```

GitLab, in `.gitlab-ci.yml`:

```yaml
{GITLAB}```
"""
