// The pipelines of a path sweep, compiled before it is wanted: recorded on paper, as those of a sweep are (sweep/compileSweep.ts).
import { Compiling } from '../../model/compiling.ts';
import { recordRun } from '../../model/recordRun.ts';
import { pathOf, sendersOf } from './pathSweep.ts';
import { ownRequests, receivingRequest, sendingRequest } from './runPathPatch.ts';
import { type PathSweepRequest, whyNotPathSweep } from './runPathSweep.ts';

/** Resolves when all is compiled, at once where the paths cannot run. Throws with the WGSL compiler's message. */
export async function compilePaths(request: PathSweepRequest): Promise<void> {
  const { model, spec, tokenIds, corruptedTokenIds, sweep } = request;
  if (whyNotPathSweep(request) !== null || corruptedTokenIds?.length !== tokenIds.length || model.stream) return;
  const prompts = { model, spec, tokenIds, corruptedTokenIds, position: sweep.position };
  const own = ownRequests(prompts);
  const [clean, corrupted] = [recordRun(own.clean).recorder, recordRun(own.corrupted).recorder];
  const sources = { clean: clean.captured, corrupted: corrupted.captured };
  const patches = firstOfEachKind(sendersOf(sweep, model.config, spec.kv, tokenIds.length)).map((sender) =>
    pathOf(sweep, sender),
  );
  const runs = patches.flatMap((patch) => {
    const sending = recordRun(sendingRequest(prompts, patch, sources)).recorder;
    return [sending, recordRun(receivingRequest(prompts, patch, sending.captured)).recorder];
  });
  await new Compiling(model.gpu, [clean, corrupted, ...runs]).end();
}

/** One sender of each kind: all others of a kind run the same pipelines. */
function firstOfEachKind<T extends { readonly kind: string }>(senders: readonly T[]): T[] {
  return [...new Map(senders.map((sender) => [sender.kind, sender])).values()];
}
