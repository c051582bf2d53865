// The menu of a head or a token: each entry adds an intervention to the list.
import type { Session } from '../session/session.ts';
import type { MenuEntry } from '../views/controls/Menus.tsx';
import { type Deed, headDeeds, tokenDeeds } from '../views/interventions/deeds.ts';

type MenuOf = (element: HTMLElement) => { readonly name: string; readonly entries: readonly MenuEntry[] } | null;

/** The menu of a cell of the head grid, known by its `data-at`. */
export function headMenu(session: Session): MenuOf {
  return ({ dataset: { at = '' } }) => {
    const [, layer, head] = /^L(\d+)H(\d+)$/.exec(at) ?? [];
    const { model, experiment } = session.store.getState();
    if (layer === undefined || model.status !== 'ready') return null;
    const { nHeads, nKeyValueHeads } = model.model.config;
    const { a, b, mode } = experiment;
    const isRepeated = (mode === 'fused' ? a : b).kv === 'repeat';
    const place = { layer: Number(layer), head: Number(head) };
    const deeds = headDeeds(place, isRepeated ? 1 : nHeads / nKeyValueHeads, hasCorrupted(session));
    return { name: `Edits of ${at}`, entries: entriesOf(session, deeds) };
  };
}

/** The menu of a token, known by its `data-position`. */
export function tokenMenu(session: Session): MenuOf {
  return ({ dataset: { position = '' } }) => {
    const { experiment, selectedPosition } = session.store.getState();
    if (!/^\d+$/.test(position)) return null;
    const place = { position: Number(position), layer: experiment.view.layer, other: selectedPosition };
    const deeds = tokenDeeds(place, hasCorrupted(session));
    return { name: `Edits of position ${position}`, entries: entriesOf(session, deeds) };
  };
}

function entriesOf(session: Session, deeds: readonly Deed[]): readonly MenuEntry[] {
  return deeds.map(({ label, note, intervention }) => ({
    id: label,
    label,
    note,
    run: () => session.setInterventions([...session.store.getState().experiment.interventions, intervention]),
  }));
}

/** Whether patches can take from the corrupted prompt now. */
function hasCorrupted(session: Session): boolean {
  const { tokens, corruptedTokens } = session.store.getState();
  return corruptedTokens !== null && corruptedTokens.length === tokens.length;
}
