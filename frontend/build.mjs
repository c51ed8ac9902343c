// Builds the panel. With a folder as the argument, the file is written there instead of into the integration.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = process.argv[2] ?? join(here, "../custom_components/drawbridge/panel/web");

await build({
  absWorkingDir: here,
  entryPoints: ["src/drawbridge-panel.ts"],
  outfile: join(folder, "drawbridge-panel.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "inline",
  banner: { js: "// Built from frontend/ by scripts/build_panel. Do not edit." },
});
