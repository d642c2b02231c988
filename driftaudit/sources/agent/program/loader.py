"""Makes modules of the sources that come over standard input, and runs the last. Sent in front of them."""

import json
import sys
import types
import zlib

packed = sys.stdin.buffer.read(int(sys.stdin.buffer.readline()))
package = types.ModuleType("program")
package.__path__ = []  # what makes a module a package
sys.modules["program"] = package
for name, source in json.loads(zlib.decompress(packed).decode("ascii")):
    module = types.ModuleType("program." + name)
    module.__package__ = "program"
    sys.modules["program." + name] = module
    exec(compile(source, "driftaudit/" + name + ".py", "exec"), module.__dict__)  # noqa: S102 - our own sources
sys.modules["program.main"].main()
