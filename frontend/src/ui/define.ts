/** Register an element. An update of Drawbridge may load this file twice into one page; the first one stays. */
export function define(name: string, element: CustomElementConstructor): void {
  if (customElements.get(name) === undefined) customElements.define(name, element);
}
