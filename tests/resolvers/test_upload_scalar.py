"""The scalar of files: they come with a form and in no other way."""

import strawberry

from app.media.upload import Upload
from resolvers.scalars import CONFIG


@strawberry.type
class Query:
    @strawberry.field
    def name(self, file: Upload | None = None, text: str = "") -> str:
        return file.file_name if file else text


SCHEMA = strawberry.Schema(Query, config=CONFIG)


async def test_the_scalar_takes_files_only(tmp_path):
    upload = Upload(tmp_path / "0", "a.txt", "text/plain", 7, "")
    query = "query ($f: Upload) { name(file: $f) }"
    answer = await SCHEMA.execute(query, {"f": upload})

    assert answer.data == {"name": "a.txt"}
    assert "scalar Upload @specifiedBy(" in SCHEMA.as_str()
    for value in ("a.txt", 1, True, {}, {"path": "/etc/passwd"}, [upload]):
        answer = await SCHEMA.execute(query, {"f": value})
        assert "An Upload is a file in a multipart request" in answer.errors[0].message
        assert str(tmp_path) not in answer.errors[0].message
    for literal in ('"a.txt"', "1", "{path: 1}", "[]"):
        answer = await SCHEMA.execute(f"{{ name(file: {literal}) }}")
        assert "An Upload is a file in a multipart request" in answer.errors[0].message


async def test_a_file_is_nothing_else(tmp_path):
    upload = Upload(tmp_path / "0", "a.txt", "text/plain", 7, "")
    for type in ("String!", "ID", "Int", "Boolean", "Float"):
        answer = await SCHEMA.execute(f"query ($f: {type}) {{ name(text: $f) }}", {"f": upload})
        assert answer.errors
        assert str(tmp_path) not in str(answer.errors)
