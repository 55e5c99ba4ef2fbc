// `npm run build:addon`: dist/lto_inspector.node, and addon/build/compile_commands.json for editors.
import { main } from "./lib/main.mjs";
import { setUp } from "./lib/setup.mjs";

await main(() => setUp(["npm", "addon"]));
