// A fetch that asks again, for the hub's own answers: what a revision is, which files there are. They are short, so that an answer is
// read whole and one that breaks off is asked for anew. Files have a byte to go on from: rangeRequest.ts.
import { NEVER_PAUSED, wait } from '../pausing.ts';
import { messageOf } from '../sourceError.ts';
import { backOffMs, isTransient, MAX_ATTEMPTS, retryAfterMs, tryingAgain } from './backOff.ts';
import { Connection } from './connection.ts';
import { type HubAccess, hubFetch } from './hubFetch.ts';

export type PatientOptions = {
  readonly signal?: AbortSignal | undefined;
  readonly onWait?: ((why: string | null) => void) | undefined; // before a repetition; null when it is answered
};

/** A host that no answer comes from may be misspelt, or away: told after so many. */
const MAX_UNREACHED = 3;

type Outcome =
  | { readonly response: Response; readonly isFinal: boolean }
  | { readonly error: unknown; readonly isFinal: boolean };

/** Gives the last answer, or throws as fetch does, once asking again has not helped. */
export function patientFetch(access: HubAccess, { signal, onWait = () => {} }: PatientOptions): typeof fetch {
  const { host } = new URL(access.endpoint);
  return async (input, init) => {
    for (let attempt = 1; ; attempt++) {
      const outcome = await attemptOnce(access, signal, [input, init]);
      const isLast = attempt >= ('error' in outcome ? MAX_UNREACHED : MAX_ATTEMPTS);
      if (outcome.isFinal || isLast) {
        if (attempt > 1) onWait(null);
        if ('error' in outcome) throw outcome.error;
        return outcome.response;
      }
      const [what, retryMs] =
        'error' in outcome
          ? [`could not be reached (${messageOf(outcome.error)})`, null]
          : [
              `answered ${outcome.response.status}`,
              retryAfterMs(outcome.response.headers.get('Retry-After'), Date.now()),
            ];
      const delayMs = retryMs ?? backOffMs(attempt);
      onWait(`${host} ${what}. ${tryingAgain(delayMs)}`);
      await wait(delayMs, signal);
    }
  };
}

/** One connection, whose body is read to its end. The signal's reason passes through. */
async function attemptOnce(
  access: HubAccess,
  signal: AbortSignal | undefined,
  asked: Parameters<typeof fetch>,
): Promise<Outcome> {
  const connection = new Connection({ pausing: NEVER_PAUSED, signal });
  try {
    const answer = await hubFetch(access, connection.signal)(...asked);
    const { status, statusText, headers } = answer;
    const body = await answer.arrayBuffer();
    const response = new Response(body.byteLength > 0 ? body : null, { status, statusText, headers });
    return { response, isFinal: !isTransient(status) };
  } catch (error) {
    signal?.throwIfAborted();
    const why = connection.isStalled ? new TypeError('nothing came for too long') : error;
    return { error: why, isFinal: !(why instanceof TypeError) }; // fetch throws a TypeError where no answer came, or not all of it
  } finally {
    connection.close();
  }
}
