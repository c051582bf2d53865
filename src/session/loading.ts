// What a sitting holds of a load that no state can: its abort, its pause, the files that were chosen, and the model to go back to.
import type { ModelSummary } from '../worker/answers.ts';
import type { ChosenFiles, ModelToLoad } from '../worker/modelProtocol.ts';
import { PauseSwitch } from '../worker/pauseSwitch.ts';

export class Loading {
  files: ChosenFiles | null = null; // the last that were chosen
  previous: { readonly model: ModelSummary; readonly from: ModelToLoad } | null = null; // the last that was loaded whole
  #controller = new AbortController();
  #pausing = new PauseSwitch();

  /** Ends what is under way, and gives what the next load follows. */
  begin(): { readonly signal: AbortSignal; readonly pausing: PauseSwitch } {
    this.#controller.abort();
    this.#controller = new AbortController();
    this.#pausing = new PauseSwitch();
    return { signal: this.#controller.signal, pausing: this.#pausing };
  }

  setPaused(isPaused: boolean): void {
    this.#pausing.set(isPaused);
  }
}
