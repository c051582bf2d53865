// The head of a run's column.

/** Names the run, in its colour; `columns` of the table stand below it. */
export function RunHead({ side, columns = 1 }: { readonly side: 'a' | 'b'; readonly columns?: number }) {
  return (
    <th scope={columns === 1 ? 'col' : 'colgroup'} colSpan={columns} className={`num side-${side}`}>
      {side.toUpperCase()}
    </th>
  );
}
