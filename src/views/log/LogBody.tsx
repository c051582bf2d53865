// The log of the sitting: what was run, when, and what came of it. Any run is wanted again; any two are set against each other.
import { useState } from 'react';
import { Button } from '../controls/Button.tsx';
import { formatMs, formatProbability } from '../format.ts';
import { describeRun } from './describeRun.ts';
import type { LoggedEntry, LoggedRun, Relation } from './entry.ts';
import './log.css';

export type LogBodyProps = {
  readonly log: readonly LoggedEntry[]; // oldest first
  readonly onRestore: (id: number) => void;
  readonly onCompare: (referenceId: number, comparedId: number) => void;
  readonly relationOf: (referenceId: number, comparedId: number) => Relation;
};

/** Lists the sitting, newest first. */
export function LogBody({ log, onRestore, onCompare, relationOf }: LogBodyProps) {
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const [first, second] = [...chosen].sort((x, y) => x - y);
  const relation = first !== undefined && second !== undefined ? relationOf(first, second) : null;
  const toggle = (id: number) =>
    setChosen((known) => (known.includes(id) ? known.filter((other) => other !== id) : [...known.slice(-1), id]));
  return (
    <div className="log">
      <p className="log-pair" aria-live="polite">
        {relation ? (
          <>
            #{first} and #{second}: {relation.text}.{' '}
            {relation.whyNot === null ? (
              <Button onPress={() => onCompare(first ?? 0, second ?? 0)}>
                Run #{first} against #{second}
              </Button>
            ) : (
              <span>Their elements do not pair: {relation.whyNot}.</span>
            )}
          </>
        ) : (
          <span className="quiet">Mark two runs to set them side by side.</span>
        )}
      </p>
      <table>
        <thead>
          <tr>
            {['run', 'at', 'what', 'next token', 'took', 'outcome'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">
              <span className="visually-hidden">run again</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {[...log].reverse().map((entry) =>
            entry.kind === 'run' ? (
              <RunRow
                key={entry.id}
                entry={entry}
                isChosen={chosen.includes(entry.id)}
                onToggle={() => toggle(entry.id)}
                onRestore={() => onRestore(entry.id)}
              />
            ) : (
              <tr key={entry.id}>
                <td />
                <td className="log-time">{timeOf(entry.atMs)}</td>
                <td colSpan={5} className="log-outcome" data-tone={entry.notice.tone}>
                  {entry.notice.text}
                </td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

type RowProps = {
  readonly entry: LoggedRun;
  readonly isChosen: boolean;
  readonly onToggle: () => void;
  readonly onRestore: () => void;
};

function RunRow({ entry, isChosen, onToggle, onRestore }: RowProps) {
  const { id, atMs, next, elapsedMs, notice } = entry;
  const took = [elapsedMs.a, elapsedMs.b].filter((ms) => ms !== null);
  return (
    <tr data-chosen={isChosen || undefined}>
      <td>
        <label className="log-mark">
          <input type="checkbox" checked={isChosen} onChange={onToggle} />#{id}
          <span className="visually-hidden"> set side by side</span>
        </label>
      </td>
      <td className="log-time">{timeOf(atMs)}</td>
      <td>{describeRun(entry)}</td>
      <td className="mono">
        {next ? next.text : '–'} <span className="quiet">{next ? formatProbability(next.probability) : ''}</span>
      </td>
      <td className="num">{took.map(formatMs).join(' + ')}</td>
      <td className="log-outcome" data-tone={notice.tone}>
        {notice.text.replace(/^(Compared|Ran \w+) in [^:]*:? ?/, '')}
      </td>
      <td>
        <button type="button" className="link-button" onClick={onRestore}>
          restore<span className="visually-hidden"> run {id}</span>
        </button>
      </td>
    </tr>
  );
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

function timeOf(atMs: number): string {
  return clock.format(atMs);
}

export function LogHelp() {
  return (
    <>
      <p>
        Every run of this tab, kept through a reload. <strong>restore</strong> wants a run's prompt, specifications and
        interventions again.
      </p>
      <p>
        Mark two runs: their fingerprints say at once in which block their bits part; running the one against the other
        shows it element by element. Tensors are not kept, experiments are.
      </p>
    </>
  );
}
