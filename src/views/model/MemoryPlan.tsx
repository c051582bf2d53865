// What a run holds on the GPU, in bytes per part, as planned before it; and the budget that it is held to.
import { useEffect, useState } from 'react';
import type { ExperimentMemory } from '../../engine/index.ts';
import { TextInput } from '../controls/TextInput.tsx';
import { exactBytes, formatBytes } from '../format.ts';
import type { MemoryView, ModelDeeds } from './modelView.ts';

/** Shows the plan, part by part, and sets the budget. */
export function MemoryPlan({ memory, deeds }: { readonly memory: MemoryView; readonly deeds: ModelDeeds }) {
  const { plan, budgetBytes } = memory;
  const isOver = plan !== null && budgetBytes !== null && plan.total > budgetBytes;
  const [isOpen, setOpen] = useState(isOver);
  useEffect(() => {
    if (isOver) setOpen(true); // and it stays so: who sets the budget right is in it
  }, [isOver]);
  return (
    <details className="model-other" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>GPU memory{summaryOf(memory)}</summary>
      <div className="model-memory">
        {plan === null ? null : <Parts plan={plan} />}
        {isOver ? (
          <p className="model-failure" role="alert">
            The run needs {formatBytes(plan.total - budgetBytes)} more than the budget. Shorten the prompt, or raise the
            budget.
          </p>
        ) : null}
        {plan?.streamed ? (
          <p className="model-note">
            All weights do not fit: blocks are streamed, each run reads them again. The bits are those of a resident
            run.
          </p>
        ) : null}
        <Budget memory={memory} deeds={deeds} />
      </div>
    </details>
  );
}

/** The plan's total and the budget, those of them that there are. */
function summaryOf({ plan, budgetBytes }: MemoryView): string {
  const budget = budgetBytes === null ? '' : formatBytes(budgetBytes);
  if (plan === null) return budget === '' ? '' : `: a budget of ${budget}`;
  return budget === '' ? `: ${formatBytes(plan.total)}` : `: ${formatBytes(plan.total)} of ${budget}`;
}

function Parts({ plan }: { readonly plan: ExperimentMemory }) {
  const { weights, a, b, comparison, panels, staging, local, total, streamed } = plan;
  const ofBoth = (part: 'activations' | 'captures') =>
    [a, b].flatMap((side) => (side ? [formatBytes(side[part])] : [])).join(' + ');
  const sides = a && b ? ', A + B' : '';
  const rows: readonly (readonly [string, string])[] = [
    [streamed ? 'weights, in turns' : 'weights', formatBytes(weights)],
    ...(a || b
      ? ([
          [`activations${sides}`, ofBoth('activations')],
          [`captures${sides}`, ofBoth('captures')],
        ] as const)
      : []),
    ['comparison, facts', formatBytes(comparison)],
    ['panels', formatBytes(panels)],
    ['staging', formatBytes(staging)],
    ['total', formatBytes(total)],
    ...(local > 0 ? ([['local differences, where bits differ', `+ ${formatBytes(local)}`]] as const) : []),
  ];
  return (
    <dl className="model-facts" aria-label="Planned on the GPU">
      {rows.map(([term, value]) => (
        <div key={term} className={term === 'total' ? 'model-total' : undefined}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Set on Enter or on leaving the field; empty, the adapter's own limit holds. */
function Budget({
  memory: { budgetBytes, problem },
  deeds,
}: {
  readonly memory: MemoryView;
  readonly deeds: ModelDeeds;
}) {
  const set = budgetBytes === null ? '' : exactBytes(budgetBytes);
  const [text, setText] = useState(set);
  useEffect(() => setText(set), [set]);
  return (
    <TextInput
      name="Budget"
      value={text}
      onChange={setText}
      onCommit={() => {
        if (text.trim() !== set) deeds.setBudget(text);
      }}
      placeholder="as the adapter allows, or 2 GiB"
      problem={problem}
    />
  );
}
