// A model reference in a link: a bundled name, a hub repository at one commit, or a local folder by the hash of its weights.
import * as v from 'valibot';

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i; // becomes a path: no slash, no leading dot
const REPO = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/;

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const bundledName = v.pipe(v.string(), v.regex(NAME, 'expected the name of a bundled model'));
const repo = v.pipe(v.string(), v.regex(REPO, 'expected owner/name'));
const revision = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][\w.-]{0,99}$/, 'expected a commit or a tag'));
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'expected a sha256 in hex'));

export const modelReference = v.variant('source', [
  v.strictObject({ source: v.literal('bundled'), name: bundledName }),
  v.strictObject({ source: v.literal('hub'), repo, revision }),
  v.strictObject({ source: v.literal('local'), name, hash }),
]);
