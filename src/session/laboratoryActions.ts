// Actions of the laboratory: what is asked of the chosen hook's difference. Answers to a hook or a run that was left are dropped.
import type { HookName } from '../engine/index.ts';
import type { Progress } from '../worker/protocol.ts';
import { failureOf } from './failure.ts';
import type { Session } from './session.ts';
import { NOTHING_ASKED, type Sitting } from './sitting.ts';
import type { Asked, Laboratory } from './state.ts';

type LaboratoryActions = Pick<Session, 'judge' | 'cancelJudge' | 'findCause' | 'cancelCause' | 'showKernels'>;
type Question = 'judgement' | 'cause' | 'kernels';
type Answer<Q extends Question> = NonNullable<Laboratory[Q]['value']>;

/** The actions of the laboratory over a sitting. */
export function laboratoryActions(sitting: Sitting): LaboratoryActions {
  const { client } = sitting;
  const controllers = new Map<Question, AbortController>();

  /** Asks one question of the chosen hook; the latest wins. */
  const ask = <Q extends Question>(
    question: Q,
    request: (at: Pick<Laboratory, 'runId' | 'hook'>, signal: AbortSignal) => Promise<Answer<Q>>,
  ) => {
    const at = laboratoryNow(sitting);
    if (!at) return;
    controllers.get(question)?.abort();
    const controller = new AbortController();
    controllers.set(question, controller);
    const { signal } = controller;
    const put = (asked: Asked<Answer<Q>>) => {
      const now = sitting.state.laboratory;
      const isCurrent = now?.runId === at.runId && now.hook === at.hook && !signal.aborted;
      if (now && isCurrent) sitting.set({ laboratory: { ...now, trials: null, [question]: asked } });
    };
    sitting.set({ laboratory: { ...at, [question]: { value: null, isAsking: true, problem: null } } });
    sitting.track(
      request(at, signal).then(
        (value) => put({ value, isAsking: false, problem: null }),
        (error: unknown) => put({ value: null, isAsking: false, problem: failureOf(error).message }),
      ),
    );
  };
  const leave = (question: 'judgement' | 'cause') => {
    controllers.get(question)?.abort();
    const { laboratory } = sitting.state;
    if (laboratory) sitting.set({ laboratory: { ...laboratory, trials: null, [question]: NOTHING_ASKED } });
  };
  return {
    judge: () => ask('judgement', ({ runId, hook }, signal) => client.ask({ kind: 'judge', runId, hook }, { signal })),
    findCause: (hook: HookName) =>
      ask('cause', ({ runId }, signal) => {
        const onProgress = (progress: Progress) => tellTrials(sitting, progress, signal);
        return client.ask({ kind: 'cause', runId, hook }, { signal, onProgress }).then((cause) => {
          if (!signal.aborted) sitting.set({ foundCause: { runId, cause } });
          return cause;
        });
      }),
    cancelJudge: () => leave('judgement'),
    cancelCause: () => leave('cause'),
    showKernels: () =>
      ask('kernels', async ({ runId, hook }, signal) => {
        const of = (side: 'a' | 'b') => client.ask({ kind: 'kernels', runId, side, hook }, { signal });
        const [a, b] = await Promise.all([of('a'), of('b')]);
        return { a, b };
      }),
  };
}

/** What is known of the chosen hook in the shown run: what was asked already, or nothing; null where no run is shown. */
function laboratoryNow({ state: { shown, experiment, laboratory } }: Sitting): Laboratory | null {
  if (!shown) return null;
  const { runId } = shown.result;
  const { hook } = experiment.view;
  if (laboratory?.runId === runId && laboratory.hook === hook) return laboratory;
  return { runId, hook, judgement: NOTHING_ASKED, cause: NOTHING_ASKED, trials: null, kernels: NOTHING_ASKED };
}

function tellTrials(sitting: Sitting, progress: Progress, signal: AbortSignal): void {
  const { laboratory } = sitting.state;
  if (progress.kind !== 'cause' || signal.aborted || !laboratory) return;
  sitting.set({ laboratory: { ...laboratory, trials: { done: progress.done, total: progress.total } } });
}
