// Looks into foreign JSON without trusting it: a wrong kind is as good as absent.

export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member of that name, of whatever kind; undefined where the object has none of its own. */
export function child(json: Json, name: string): unknown {
  return Object.hasOwn(json, name) ? json[name] : undefined;
}

/** The objects of a list; none where it is no list. */
export function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A component, or those inside a Sequence of them, in order: tokenizer.json nests decoders and post-processors so. */
export function flattened(component: unknown, members: string): readonly Json[] {
  if (!isObject(component)) return [];
  if (component.type !== 'Sequence') return [component];
  return listOf(child(component, members)).flatMap((member) => flattened(member, members));
}
