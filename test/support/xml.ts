// Reads XML as strictly as a test of figures needs: every element closed in order, attributes quoted, no bare < or &. Not a parser for
// documents of others.

export type XmlElement = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string; // of its own and of all within
};

const TOKEN = /<(\/?)([a-zA-Z][\w:-]*)((?:\s+[a-zA-Z][\w:-]*="[^"<]*")*)\s*(\/?)>|([^<]+)/y;

/** Reads one element and all within; throws where the text is not well-formed, saying where. */
export function parseXml(xml: string): XmlElement {
  type Open = { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string };
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const stack: Open[] = [root];
  const top = () => stack.at(-1) ?? root;
  const close = (name: string, at: number) => {
    const element = stack.pop();
    if (!element || element === root || element.name !== name) throw new Error(`</${name}> at ${at} closes nothing`);
    top().children.push(element);
    top().text += element.text;
  };
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < xml.length; ) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(xml);
    if (!found) throw new Error(`no XML at ${at}: ${xml.slice(at, at + 60)}`);
    const [, slash, name, attributes, empty, text] = found;
    if (text !== undefined) top().text += decode(text, at);
    else if (slash && name) close(name, at);
    else if (name) {
      const pairs = [...(attributes ?? '').matchAll(/([\w:-]+)="([^"]*)"/g)];
      const read = Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, decode(value, at)]));
      if (Object.keys(read).length !== pairs.length) throw new Error(`<${name}> at ${at} has an attribute twice`);
      stack.push({ name, attributes: read, children: [], text: '' });
      if (empty) close(name, at);
    }
  }
  const [only] = root.children;
  if (stack.length !== 1 || !only || root.children.length !== 1) throw new Error('not one closed element');
  return only;
}

function decode(text: string, at: number): string {
  if (/&(?!#\d+;|#x[\da-f]+;|amp;|lt;|gt;|quot;)/i.test(text))
    throw new Error(`a bare & at ${at}: ${text.slice(0, 60)}`);
  return text
    .replace(/&#x([\da-f]+);/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&(lt|gt|quot|amp);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[name] ?? '');
}

/** Every element of a name within, in order. */
export function elementsOf({ children }: XmlElement, name: string): readonly XmlElement[] {
  return children.flatMap((child) => [...(child.name === name ? [child] : []), ...elementsOf(child, name)]);
}
