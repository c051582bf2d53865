// Finds a key that a JSON object names twice. JSON.parse keeps the last one silently; safetensors forbids it.

/** Names the first key given twice in one object of a valid JSON text; null where there is none. */
export function findDuplicateKey(json: string): string | null {
  const open: (Set<string> | null)[] = []; // one per nested container; null: an array
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;
  for (let match = token.exec(json); match !== null; match = token.exec(json)) {
    const text = match[0];
    if (text === '{') open.push(new Set());
    else if (text === '[') open.push(null);
    else if (text === '}' || text === ']') open.pop();
    else {
      const keys = open.at(-1);
      if (!keys || !isKey(json, token.lastIndex)) continue;
      const key = keyText(text);
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return null;
}

/** In valid JSON a string is a key exactly where a colon follows. */
function isKey(json: string, end: number): boolean {
  let position = end;
  while (' \t\n\r'.includes(json.charAt(position)) && position < json.length) position++;
  return json[position] === ':';
}

function keyText(quoted: string): string {
  return quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
}
