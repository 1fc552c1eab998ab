"""Keeps single-use links and secret addresses out of the logs: no reader may follow one."""

import logging
import re

_LINK = re.compile(r"(/compte/lien/|/rejoindre/suivi/|/agenda/flux/)[^/\s?]+")


class MaskLinks(logging.Filter):
    """Masks the token of a link in what is about to be written."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always keeps the line; only its words may change."""
        message = record.getMessage()
        masked = _LINK.sub(r"\1…", message)
        if masked != message:
            record.msg, record.args = masked, ()
        return True
