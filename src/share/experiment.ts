// Reads an experiment out of plain JSON that this or another version wrote: the same strict schema as the link's.
import * as v from 'valibot';
import { version1, withDefaults } from './version1.ts';

/** An experiment inside another schema. */
export const experimentSchema = v.pipe(version1, v.transform(withDefaults));
