// Actions that read the model: one prediction, the circuits of a head, every head's scores on repeated random tokens.
import { runOnNow } from './asked.ts';
import { failureOf } from './failure.ts';
import type { Session } from './session.ts';
import type { Sitting } from './sitting.ts';
import type { Asked, SessionState } from './state.ts';

type ReadingActions = Pick<Session, 'readPrediction' | 'readCircuits' | 'scoreHeads'>;
type Field = 'reading' | 'circuits' | 'repeatedScores';

/** Random tokens twice, within the 96 tokens that the demo models were trained on, and a few seeds. */
const REPEATED = { length: 30, prompts: 8, seed: 1 } as const;

/** The actions of readings over a sitting. */
export function readingActions(sitting: Sitting): ReadingActions {
  const { client } = sitting;

  /** Asks for one field; the latest question wins. */
  const ask = <F extends Field>(
    field: F,
    request: (signal: AbortSignal) => Promise<NonNullable<SessionState[F]['value']>>,
  ) => {
    const signal = sitting.jobs.begin(field);
    const put = (asked: Asked<NonNullable<SessionState[F]['value']>>) => {
      if (!signal.aborted) sitting.set({ [field]: asked });
    };
    sitting.set({ [field]: { ...sitting.state[field], isAsking: true } });
    sitting.track(
      request(signal).then(
        (value) => put({ value, isAsking: false, problem: null }),
        (error: unknown) => put({ value: null, isAsking: false, problem: failureOf(error).message }),
      ),
    );
  };
  return {
    readPrediction: (tokens) => {
      const { experiment, selectedPosition: position } = sitting.state;
      const { interventions } = experiment;
      const on = runOnNow(sitting.state);
      const request = { kind: 'reading', ...on, interventions, position, tokens } as const;
      ask('reading', async (signal) => ({ ...(await client.ask(request, { signal })), on }));
    },
    readCircuits: (layer, head) =>
      ask('circuits', async (signal) => {
        return { layer, head, circuits: await client.ask({ kind: 'circuits', layer, head, count: 12 }, { signal }) };
      }),
    scoreHeads: () => {
      const { model, repeatedScores } = sitting.state;
      if (model.status !== 'ready') return;
      if (repeatedScores.value || repeatedScores.isAsking) return;
      const { config } = model.model;
      const { spec } = runOnNow(sitting.state);
      const length = Math.min(REPEATED.length, Math.floor((config.nCtx - 1) / 2));
      ask('repeatedScores', (signal) => client.ask({ kind: 'headScores', spec, ...REPEATED, length }, { signal }));
    },
  };
}
