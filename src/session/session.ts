// Session: what the page may ask of a sitting. The store is read only from outside; everything that changes it is an action here.
// Actions never throw and never reject: what goes wrong arrives in the state as data (gate, model, run, linkProblem, notice).
import type {
  Continuation,
  DifferenceOf,
  Experiment,
  HeldSide,
  HookName,
  Intervention,
  MatrixPainting,
  Mode,
  PathSweep,
  PatternShow,
  PatternSide,
  Prompt,
  RankBy,
  RunSpec,
  Sweep,
  Tolerance,
} from '../engine/index.ts';
import type { Predictions, Side } from '../worker/answers.ts';
import type { CachedModel, LocalFile } from '../worker/modelProtocol.ts';
import type { Picture } from '../worker/presenter.ts';
import type { Answers } from '../worker/protocol.ts';
import type { HoverStore } from './hover.ts';
import type { Notice } from './logEntry.ts';
import type { SessionState } from './state.ts';

/** A zustand store without its `setState`: give it to zustand's `useStore(session.store, selector)`. */
export type ReadonlyStore<T> = {
  getState(): T;
  getInitialState(): T;
  subscribe(listener: (state: T, previous: T) => void): () => void;
};

/** How the address bar follows: `push` after a run that the reader asked for, `replace` for views and for opened links. */
export type AddressListener = (hash: string, how: 'push' | 'replace') => void;

export type Session = {
  readonly store: ReadonlyStore<SessionState>;
  readonly hover: HoverStore;

  /** Opens the device, restores the link given to `createSession`, loads the model and runs. Resolves when all is shown or failed. */
  start(): Promise<void>;
  /** Restores another link ('#w1.…' or '#model=…'; '' is the default experiment), as Back and a pasted link do; then runs. */
  openLink(hash: string): Promise<void>;
  /** Opens the text of an experiment file and runs it; where it cannot be read, the notice says why and all stays as it is. */
  openExperimentFile(text: string): Promise<void>;
  /** After a lost device: opens a new one, loads the same model and runs the same experiment. */
  reloadDevice(): Promise<void>;

  /** Loads a model that lies beside the page, and runs. */
  openBundled(name: string): void;
  /** Looks at a repository; loads it where little is to be downloaded, and asks otherwise (`model.status` is 'asks'). */
  openHub(repo: string, revision: string): void;
  /** Loads files of this machine, and runs. `name` is the folder's. */
  openFiles(name: string, files: readonly LocalFile[]): void;
  /** The click that a download waits for. */
  download(): void;
  setPaused(isPaused: boolean): void;
  /** Ends the download, or declines it; the model that was there before is back. */
  cancelLoad(): void;
  /** Tries the wanted model again, as after an error. */
  retryModel(): void;
  /** Chooses another hub; null is huggingface.co. A token is forgotten then. */
  setEndpoint(endpoint: string | null): void;
  /** Gives the hub's token, kept in memory alone, and tries again; null forgets it. */
  setToken(token: string | null): void;
  removeCached(model: Pick<CachedModel, 'endpoint' | 'repo' | 'commit'>): void;
  /** Sets how many bytes the GPU may hold ('2 GiB'; '': as many as the adapter allows). Where that changes how the model lies, loads it again. */
  setBudget(text: string): void;

  /** Runs now, whatever the auto-run waits for; the run in flight is aborted. */
  rerun(): void;
  /** Aborts the run in flight; what was shown stays. */
  cancelRun(): void;

  /** Edits the text; typed ids are dropped, tokens follow and a run starts 250 ms after the last edit. */
  setPrompt(text: string): void;
  setPrependBos(prependBos: boolean | 'model'): void;
  /** Runs these ids instead of the text's; null goes back to the text. */
  setTokenIds(ids: readonly number[] | null): void;

  /** Opens a file of captures (safetensors, NPZ, .npy) and compares run A with it, as run B. */
  openCaptures(fileName: string, bytes: Uint8Array): Promise<void>;

  /**
   * Reads activations of the run that is shown, by hook. Null, with a notice, where that fails, as when a newer run took its place.
   */
  activations(side: Side, hooks: readonly HookName[]): Promise<ReadonlyMap<HookName, Answers['values']> | null>;
  /** Shows a sentence in the status line. */
  say(notice: Notice): void;

  /** Sets the corrupted prompt, which interventions read; null: there is none. */
  setCorrupted(prompt: Prompt | null): void;
  /** Sets the interventions of both runs, in the order in which they apply. */
  setInterventions(interventions: readonly Intervention[]): void;

  /** Sets a row's vector to the mean of its hook over these prompts. */
  meanOverPrompts(index: number, texts: readonly string[]): void;

  /** fused: A alone, in fused mode; split: B alone, in split mode; compare: both. */
  setMode(mode: Mode): void;
  setSpec(side: Side, patch: Partial<RunSpec>): void;
  /** Exchanges A and B; only where both run. */
  swapSpecs(): void;
  /** Judges the captures that are there anew; nothing runs again. */
  setTolerance(tolerance: Tolerance): void;

  selectHook(hook: HookName): void;
  selectHead(layer: number, head: number): void;
  setShow(show: PatternShow): void;
  setSide(side: PatternSide): void;
  /** Reads the values of the head that is shown, where they stayed on the GPU: of a long prompt, until somebody asks for one. */
  readHead(): Promise<void>;
  /** Has a window of that head painted by the GPU; null where it cannot be any more, or was given up. */
  paintHead(side: HeldSide, painting: MatrixPainting, signal: AbortSignal): Promise<Picture | null>;
  /** Locks the crosshair at [query_pos, key_pos]; null frees it. */
  lockCell(cell: readonly [queryPos: number, keyPos: number] | null): void;
  /** Chooses the token whose next tokens the Outputs show. */
  selectPosition(position: number): void;
  /** Asks for KL by position and the difference of two tokens' logits in the shown run. */
  showPredictions(pair: Predictions['pair']): void;
  /** Asks for the chosen hook's elements in an order. */
  showRanking(by: RankBy): void;
  /** Has the kernels of the shown run timed, and set against the adapter's peak. */
  showProfile(): void;
  /** Has it measured how much each block of the shown run multiplies a difference that enters it. */
  showAmplification(of: DifferenceOf): void;
  /** Selects the next hook of the ladder that is outside the tolerance, in running order, around the end. */
  nextFailing(): void;
  previousFailing(): void;

  /** Sweeps the prompts of now, in A's specification (B's where B runs alone); a sweep that is under way ends. */
  runSweep(sweep: Sweep): void;
  /** Has the kernels of a sweep that may be wanted next compiled while nothing runs. */
  prepareSweep(sweep: Sweep): void;
  /** Ends the sweep under way; the cells that have come stay. */
  cancelSweep(): void;
  /** Asks what each sender tells the receivers, and nothing else; paths that are under way end. */
  runPaths(paths: PathSweep): void;
  /** Has the kernels of paths that may be asked for next compiled while nothing runs. */
  preparePaths(paths: PathSweep): void;
  /** Ends the paths under way; the cells that have come stay. */
  cancelPaths(): void;
  /** Continues the prompt of now under A, B or both; a continuation that is under way ends. */
  continuePrompt(continuation: Continuation): void;
  /** Stops between two tokens; those that have come stay. */
  stopContinuing(): void;
  /** Wants what a side has written as the prompt, behind the one that it was written for. */
  takeContinuation(side: Side): void;
  /** Reads the prediction at the chosen position: logit lens and attribution of one logit, or of the difference of two. */
  readPrediction(tokens: readonly [token: number] | readonly [right: number, wrong: number]): void;
  /** Asks for the QK and OV circuits of a head. */
  readCircuits(layer: number, head: number): void;
  /** Judges the chosen hook of the shown runs: noise or bug, against the same operation in f64. */
  judge(): void;
  cancelJudge(): void;
  /** Looks for the cause of a difference at a hook that differs by itself; one that is under way ends. */
  findCause(hook: HookName): void;
  cancelCause(): void;
  /** Asks for the kernels that computed the chosen hook. */
  showKernels(): void;
  /** Scores every head on repeated random tokens, unless that was done for this model. */
  scoreHeads(): void;

  /** Opens a step of a case of the gallery, from 0, in place of the experiment that is there; undo brings that back. */
  openCase(id: string, step: number): void;
  /** Ends the case; its experiment stays. */
  closeCase(): void;
  /** Runs the demo models in every mode on this GPU, beside what is known of them; rows come as they are judged. */
  verifyGpu(): void;
  /** Ends the verification under way; the rows that have come stay. */
  cancelVerification(): void;

  /** Takes the last edit of prompt, specifications, interventions or tolerance back; the view stays. */
  undo(): void;
  redo(): void;
  /** Wants the experiment of an entry of the log again, and runs it. */
  restoreRun(id: number): void;
  /** Runs one entry's reference run against another's compared run; says in the notice why where their elements do not pair. */
  compareRuns(referenceId: number, comparedId: number): void;
  /** What two entries' fingerprints say of each other, and why the one cannot be run against the other (null: it can). */
  relationOfRuns(referenceId: number, comparedId: number): { readonly text: string; readonly whyNot: string | null };

  /** What is wanted now, with the ids that were run and the result's fingerprint unless stale: what link and file hold. */
  pinned(): Experiment;
  /**
   * The link of what is wanted now, as a fragment '#w1.…', with the ids that were run and the result's fingerprint unless stale.
   * Null where the experiment is too long for a link.
   */
  link(): Promise<string | null>;
  /** The same, and says in the notice what became of it; the caller puts it on the clipboard. */
  copyLink(): Promise<string | null>;
  /** Calls back whenever the address bar should follow: `history[how + 'State'](null, '', hash)`. Returns the way to stop. */
  onAddress(listener: AddressListener): () => void;

  /** Resolves when nothing is waited for: no debounce, no request in flight. */
  settled(): Promise<void>;
  /** Writes into the tab's memory what is not written yet: before the page goes. */
  flush(): void;
  /** Aborts everything in flight and stops listening. */
  dispose(): void;
};
