// Writes an experiment as a link: what differs from version 1's defaults, as JSON, deflated, in base64url.
import type { Experiment, Fingerprint, RunFingerprint } from '../engine/index.ts';
import { toBase64Url } from './base64url.ts';
import { deflate } from './deflate.ts';
import { departures } from './json.ts';
import { MAX_INFLATED_BYTES, MAX_LINK_LENGTH } from './limits.ts';
import { CURRENT_VERSION } from './migrate.ts';
import { VERSION_1_DEFAULTS } from './version1.ts';

/**
 * Writes the link of an experiment, as the fragment of a URL: `#w1.…`.
 * Throws a RangeError where it would be longer than a link may be; the experiment then belongs in a file.
 */
export async function encodeLink(experiment: Experiment): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify(leaveOutDefaults(experiment)));
  const link = `#w${CURRENT_VERSION}.${toBase64Url(await deflate(json))}`;
  if (link.length > MAX_LINK_LENGTH || json.byteLength > MAX_INFLATED_BYTES) {
    throw new RangeError(
      `This experiment makes a link of ${link.length} characters from ${json.byteLength} bytes; ` +
        `a link holds ${MAX_LINK_LENGTH} from ${MAX_INFLATED_BYTES}. Shorten the prompt or save a file instead.`,
    );
  }
  return link;
}

function leaveOutDefaults(experiment: Experiment): Record<string, unknown> {
  const base = VERSION_1_DEFAULTS;
  const sent = departures({ ...experiment, fingerprint: withFiniteNumbers(experiment.fingerprint) }, base);
  for (const part of ['prompt', 'a', 'b', 'tolerance', 'view'] as const) {
    if (part in sent) sent[part] = departures(experiment[part], base[part]);
  }
  return sent;
}

// JSON has no NaN: a run that overflowed still makes a link, whose digests say what its numbers cannot.
function withFiniteNumbers(fingerprint: Fingerprint | null): Fingerprint | null {
  if (fingerprint === null) return null;
  const { a, b, maxAbs } = fingerprint;
  return {
    ...fingerprint,
    a: a && finiteTop(a),
    b: b && finiteTop(b),
    maxAbs: Number.isFinite(maxAbs) ? maxAbs : null,
  };
}

function finiteTop(run: RunFingerprint): RunFingerprint {
  return { ...run, top: run.top.filter(({ probability }) => Number.isFinite(probability)) };
}
