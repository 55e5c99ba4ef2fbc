// dist/engine-host.js under Node's inspector: the engine process does nothing until a debugger is attached to port 6013, which also leaves time to
// attach gdb or LLDB. Set LTO_INSPECTOR_ENGINE_HOST=scripts/engine-host-inspected.mjs to use it as the engine of any program.
import inspector from "node:inspector";
import { createRequire } from "node:module";

const PORT = 6013;

// There is one engine process for each libLLVM and set of arguments; a second one waits on the next port.
for (let port = PORT; inspector.url() === undefined; port += 1) inspector.open(port, "127.0.0.1");
inspector.waitForDebugger();
createRequire(import.meta.url)("../dist/engine-host.js");
