"""What tests ask of tags, and as whom."""

from sqlalchemy import func, select

from app.permissions import Actor, Role

EDITOR = Actor("usr_00000000000000000000000000", Role.EDITOR)

AUTHOR = Actor("usr_00000000000000000000000001", Role.USER)

CREATE = """
mutation ($input: CreateTagInput!) {
  createTag(input: $input) {
    tag { name slug usageCount }
    clientMutationId
    errors { field code path }
  }
}
"""

UPDATE = """
mutation ($input: UpdateTagInput!) {
  updateTag(input: $input) {
    tag { name slug }
    conflict { expected actual }
    errors { field code }
  }
}
"""


def delete(field: str) -> str:
    return f"""
      mutation ($input: DeleteInput!) {{
        {field}(input: $input) {{ deletedId errors {{ field code }} }}
      }}
    """


async def count(db, model):
    return (await db.fetch(select(func.count()).select_from(model)))[0][0]
