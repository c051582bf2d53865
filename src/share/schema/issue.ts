// Words a schema's complaint: the path of the field, what came, what was expected.
import type * as v from 'valibot';

const MAX_SHOWN = 60;

/** Words one issue: `a.order is "backwards", expected canonical, …`. */
export function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = (issue.path ?? []).map((item) => String(item.key)).join('.') || 'the link';
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${shorten(path)} is not known`;
  const expected =
    issue.type === 'custom' || issue.type === 'regex' ? issue.message : `expected ${issue.expected ?? issue.message}`;
  return `${shorten(path)} is ${shorten(show(issue.input))}, ${expected}`;
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'missing';
}

function shorten(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
