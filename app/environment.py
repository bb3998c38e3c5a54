"""What the environment and `.env` say: settings, or what to do about a setting."""

import os
import re
from difflib import get_close_matches

from dotenv import dotenv_values
from pydantic import AliasChoices, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from app.errors import StartupError
from app.settings import PREFIX, Settings


def load(**options: object) -> Settings:
    """The settings of this process; `options` come from the command line and win when not None.

    Raises StartupError naming the first setting that cannot be used.
    """
    try:
        return Settings(**{name: value for name, value in options.items() if value is not None})  # type: ignore[arg-type]
    except UnicodeDecodeError:
        raise StartupError("The file .env is not written in UTF-8") from None
    except SettingsError as error:
        raise StartupError(_no_json(error)) from None
    except ValidationError as error:
        raise StartupError(_refusal(error.errors(include_url=False)[0])) from None


def _no_json(error: SettingsError) -> str:
    """The same of a setting that is to be JSON, of which pydantic says no more than the field."""
    name = str(error).split('"')[1]
    value = getattr(error.__cause__, "doc", "")  # of a JSONDecodeError
    about = Settings.model_fields[name].description
    return f"{variable(name)} is {_shortened(value)}: JSON is expected. {about}"


def _refusal(problem: ErrorDetails) -> str:
    """One line: which setting, its value unless that is a secret, what is allowed, what it is."""
    message = problem["msg"].removeprefix("Value error, ")
    if not problem["loc"]:
        return message  # of several settings that do not fit together; it names them
    name = str(problem["loc"][0]).lower().removeprefix(PREFIX.lower())
    field = Settings.model_fields[name]
    place = "".join(f", at {part}" for part in problem["loc"][1:])
    value = "" if "Secret" in str(field.annotation) else f" is {_shortened(problem['input'])}"
    return f"{variable(name)}{value}{place}: {message}. {field.description}"


def _shortened(value: object) -> str:
    text = re.sub("//.*@", "//***@", str(value))  # names and passwords, whatever is in them
    return repr(text if len(text) <= 60 else f"{text[:59]}…")


def unknown() -> dict[str, str | None]:
    """Variables of the environment and of `.env` that no setting has, each with the one that was
    meant, perhaps."""
    known = {name.upper(): variable(name) for name in Settings.model_fields}
    given = {
        name: name.upper().removeprefix(PREFIX)
        for name in sorted({*os.environ, *dotenv_values(".env")})
        if name.upper().startswith(PREFIX)
    }
    return {
        name: next((known[near] for near in get_close_matches(bare, known, 1)), None)
        for name, bare in given.items()
        if bare not in known
    }


def variable(name: str) -> str:
    """The environment variable of a setting, whether named by field or by alias."""
    if name in Settings.model_fields:
        choices = Settings.model_fields[name].validation_alias
        if isinstance(choices, AliasChoices):
            return str(choices.choices[-1])
        return PREFIX + name.upper()
    return name.upper()
