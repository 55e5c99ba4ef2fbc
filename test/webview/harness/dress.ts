/** What VS Code does to every page: the theme's variables and classes; `?theme=dark`. */
import themes from "./themes.json";

export interface Dressed {
  /** What the URL asks for. */
  readonly wanted: URLSearchParams;
  /** Violations of the page's policy, as they happen. */
  readonly violations: string[];
}

export function dressPage(): Dressed {
  const wanted = new URLSearchParams(location.search);
  const theme = themes[(wanted.get("theme") ?? "dark") as keyof typeof themes];
  for (const [name, value] of Object.entries(theme.variables)) document.documentElement.style.setProperty(name, value);
  // The body does not exist yet.
  document.addEventListener("readystatechange", () => {
    document.body.className = theme.class;
    document.body.dataset["vscodeThemeId"] = theme.id;
  });
  const violations: string[] = [];
  document.addEventListener("securitypolicyviolation", (event) => {
    violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
  });
  return { wanted, violations };
}
