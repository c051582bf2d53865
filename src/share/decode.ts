// Reads a link of either form. Never throws and never rejects: what is wrong with a link is data, in sentences for the reader.
import * as v from 'valibot';
import { DEFAULT_EXPERIMENT } from '../engine/index.ts';
import { fromBase64Url } from './base64url.ts';
import { inflate } from './deflate.ts';
import { readHandWritten } from './handWritten.ts';
import { parseForeignObject } from './json.ts';
import { MAX_INFLATED_BYTES, MAX_LINK_LENGTH } from './limits.ts';
import { CURRENT_VERSION, migrate } from './migrate.ts';
import type { OpenedLink } from './openedLink.ts';
import { describeIssue } from './schema/issue.ts';
import { VERSION_1_FIELDS, type Version1, version1, withDefaults } from './version1.ts';

const INSTEAD = 'The default experiment is shown instead.';

/** Opens a link: `#w1.…`, the hand-written form, or '' (the default experiment). */
export async function decodeLink(hash: string): Promise<OpenedLink> {
  if (hash.length > MAX_LINK_LENGTH) {
    return refused(`This link has ${hash.length} characters; at most ${MAX_LINK_LENGTH} are read. ${INSTEAD}`);
  }
  const text = hash.replace(/^#/, '');
  if (text === '') return { experiment: DEFAULT_EXPERIMENT, problems: [] };
  const match = /^w([1-9]\d{0,5})\.(.*)$/s.exec(text);
  if (!match) return readHandWritten(text);
  return readEncoded(Number(match[1]), match[2] ?? '');
}

async function readEncoded(version: number, payload: string): Promise<OpenedLink> {
  const isNewer = version > CURRENT_VERSION;
  const sent = await unpack(payload);
  if (typeof sent !== 'string') return isNewer ? readNewer(version, sent) : readCurrent(migrate(version, sent));
  return refused(isNewer ? `${madeByNewer(version)}, and cannot be read here. ${INSTEAD}` : `${sent} ${INSTEAD}`);
}

/** Gives the link's JSON, or the sentence that says why there is none. */
async function unpack(payload: string): Promise<Record<string, unknown> | string> {
  const bytes = fromBase64Url(payload);
  if (bytes === null) return 'This link is damaged: it holds characters that no link has. Was it copied whole?';
  const inflated = await inflate(bytes, MAX_INFLATED_BYTES);
  if (inflated.status === 'too-long') return `This link inflates to more than ${MAX_INFLATED_BYTES} bytes.`;
  const damaged = 'This link is damaged: its contents cannot be unpacked. Was it copied whole?';
  if (inflated.status === 'damaged') return damaged;
  return parseForeignObject(new TextDecoder().decode(inflated.bytes)) ?? damaged;
}

function readCurrent(sent: Record<string, unknown>): OpenedLink {
  const parsed = v.safeParse(version1, sent);
  if (parsed.success) return { experiment: withDefaults(parsed.output), problems: [] };
  return refused(`This link was changed or is damaged: ${parsed.issues.map(describeIssue).join('; ')}. ${INSTEAD}`);
}

/** A newer link: the fields that are as version 1 knows them are opened, the others are named. */
function readNewer(version: number, sent: Record<string, unknown>): OpenedLink {
  const leftOut: string[] = [];
  let opened: Version1 = {};
  for (const [key, value] of Object.entries(sent)) {
    const parsed = v.safeParse(version1, { [key]: value });
    if (key in VERSION_1_FIELDS && parsed.success) opened = { ...opened, ...parsed.output };
    else leftOut.push(key);
  }
  const rest = leftOut.length === 0 ? 'all of it could be opened' : `left out here: ${leftOut.slice(0, 12).join(', ')}`;
  return { experiment: withDefaults(opened), problems: [`${madeByNewer(version)}; ${rest}.`] };
}

function madeByNewer(version: number): string {
  return `This link was made by a newer Splitscope (link version ${version}, this one knows ${CURRENT_VERSION})`;
}

function refused(problem: string): OpenedLink {
  return { experiment: DEFAULT_EXPERIMENT, problems: [problem] };
}
