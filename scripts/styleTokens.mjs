// One scale of type, one of spacing, one set of colours: a stylesheet takes them from tokens.css and names none of its own.
// Reads declarations line by line, as Biome formats them; positions (inset, top) and sizes (width, height) are of what they place.

const SPACING = /^(?:padding|margin|(?:row-|column-)?gap)(?:-[a-z-]+)?$/;
const COLOUR = /#[\da-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(/i;
const NAMED_COLOUR =
  /(?:^|[\s(,])(?:white|black|gr[ae]y|silver|red|orange|yellow|green|blue|purple|pink|brown)(?:$|[\s),])/i;
const LENGTH = /(?<![\w-])-?(?:\d*\.)?\d+(?:px|r?em|ch|pt)\b/g;
const HAIRLINE = /^-?1px$/;

/**
 * Finds what a stylesheet names that tokens.css should.
 * @param {string} css
 * @returns {string[]} each declaration with its line number; none where all is from the tokens
 */
export function strayValues(css) {
  const code = css.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '));
  return code.split('\n').flatMap((line, at) => {
    const [, property, value] = /^\s*([a-z-]+):\s*(.+?);?\s*$/.exec(line) ?? [];
    if (property === undefined || value === undefined) return [];
    return isStray(property, value) ? [`${at + 1}: ${property}: ${value}`] : [];
  });
}

/** @param {string} property @param {string} value */
function isStray(property, value) {
  if (COLOUR.test(value) || NAMED_COLOUR.test(value)) return true;
  const lengths = value.match(LENGTH) ?? [];
  if (property === 'font-size' || property === 'font' || property === 'border-radius') return lengths.length > 0;
  return SPACING.test(property) && lengths.some((length) => !HAIRLINE.test(length));
}
