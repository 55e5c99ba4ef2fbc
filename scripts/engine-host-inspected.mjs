// dist/engine-host.js under Node's inspector: the engine process waits until a debugger is attached to port 6013 before it does anything, which is also
// the time to attach gdb or LLDB to it. LTO_INSPECTOR_ENGINE_HOST=scripts/engine-host-inspected.mjs makes it the engine of whatever is started.
import inspector from "node:inspector";
import { createRequire } from "node:module";

const PORT = 6013;

// There is one engine process for each libLLVM and set of arguments; the second one waits at the next port.
for (let port = PORT; inspector.url() === undefined; port += 1) inspector.open(port, "127.0.0.1");
inspector.waitForDebugger();
createRequire(import.meta.url)("../dist/engine-host.js");
