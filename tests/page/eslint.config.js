// The page's script: every recommended rule, and a few for code that people read.
import js from "@eslint/js";
import html from "eslint-plugin-html";
import globals from "globals";

export default [
	js.configs.recommended,
	{
		files: ["**/*.html", "../../**/*.html"],
		plugins: { html },
		// `model` and `open` are names of the page's own.
		languageOptions: { sourceType: "script", globals: { ...globals.browser, model: "off", open: "off" } },
		rules: {
			eqeqeq: "error",
			"no-eval": "error",
			"no-implied-eval": "error",
			"no-shadow": "error",
			"no-var": "error",
			"prefer-const": "error",
			"no-restricted-properties": [
				"error",
				{ property: "innerHTML", message: "Data becomes text, never markup." },
				{ property: "outerHTML", message: "Data becomes text, never markup." },
			],
		},
	},
];
