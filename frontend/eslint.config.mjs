import js from "@eslint/js";
import lit from "eslint-plugin-lit";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["node_modules/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked, lit.configs["flat/all"]],
    languageOptions: { parserOptions: { project: "./tsconfig.json" } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Lit calls listeners with the element as `this`.
      "@typescript-eslint/unbound-method": "off",
      // It also finds assignments in listeners, which run later.
      "lit/no-this-assign-in-render": "off",
      "lit/no-template-arrow": "off",
      "lit/no-template-map": "off",
      // Data is only ever put into text and attributes, which Lit escapes.
      "no-restricted-properties": [
        "error",
        { property: "innerHTML" },
        { property: "outerHTML" },
        { property: "insertAdjacentHTML" },
      ],
      "no-restricted-imports": [
        "error",
        { paths: ["lit/directives/unsafe-html.js", "lit/directives/unsafe-svg.js", "lit/static-html.js"] },
      ],
    },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: { globals: { console: "readonly", process: "readonly", URL: "readonly" } },
  },
);
