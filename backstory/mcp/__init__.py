"""An archive for programs that ask in turns: tools of the Model Context Protocol."""
