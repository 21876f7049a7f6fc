from . import auction as auction
from . import draft as draft
from . import graph as graph
from . import routing as routing

def build_info() -> dict[str, str]: ...
