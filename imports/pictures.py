"""How large a picture says it is: its header is read, nothing is decoded."""

import io
import warnings

from PIL import Image, UnidentifiedImageError

from rules.uploads import PIXELS

# An image may say it is huge: it is judged by what it says, and never decoded.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


def pixels_of(content: bytes) -> int | None:
    """How many pixels; None when the header cannot be read."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            return image.width * image.height
    except Image.DecompressionBombError:
        return PIXELS + 1
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
