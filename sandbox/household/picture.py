"""The picture that the front door's camera shows."""

from io import BytesIO

from PIL import Image, ImageDraw


def picture() -> bytes:
    """Return a JPEG of a front door."""
    image = Image.new("RGB", (640, 480), "#9fb8c8")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 380, 640, 480), fill="#77736a")
    draw.rectangle((120, 60, 520, 400), fill="#b5523b")
    draw.rectangle((255, 130, 385, 400), fill="#24445c", outline="#e8e2d0", width=8)
    draw.rectangle((290, 165, 350, 230), fill="#dce9ee")
    draw.ellipse((360, 265, 374, 279), fill="#d9b44a")
    file = BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()
