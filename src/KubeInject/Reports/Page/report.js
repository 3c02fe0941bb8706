'use strict';
// Filters the rows of all tables by words and states, and sorts them. The page is complete without this script. Do not use ampersands or less-than
// signs in this file, because the page must be well-formed XML.
(() => {
  const form = document.getElementById('search');
  const box = document.getElementById('q');
  const state = document.getElementById('state');
  const hits = document.getElementById('hits');
  const textOf = element => element.textContent.toLowerCase();
  const tables = Array.from(document.querySelectorAll('table.searchable'), table => ({
    frame: table.closest('article') ?? table.closest('.scroll'),
    section: table.closest('section'),
    rows: Array.from(table.tBodies[0].rows, row => ({
      row,
      state: row.querySelector('td .badge')?.textContent,
      // Include the code, so that a search for a code finds its rows.
      text: Array.from([row, table.closest('article')?.querySelector('h3')].filter(Boolean), textOf).join(' '),
      names: Array.from(row.querySelectorAll('.names li'), item => ({ item, text: textOf(item) })),
      details: Array.from(row.querySelectorAll('details')),
    })),
  }));
  const sections = Array.from(new Set(tables.map(table => table.section)), section => {
    const note = document.createElement('p');
    note.className = 'aside';
    note.textContent = 'No matching rows.';
    note.hidden = true;
    section.querySelector('h2').after(note);
    return { section, note };
  });
  const total = tables.reduce((sum, table) => sum + table.rows.length, 0);

  // If some names in a row match, show and open only those names.
  const showNames = (found, words) => {
    const matching = new Set(found.names.filter(name => words.length > 0 ? words.every(word => name.text.includes(word)) : false));
    for (const name of found.names) name.item.hidden = matching.size > 0 ? !matching.has(name) : false;
    for (const details of found.details) details.open = Array.from(matching).some(name => details.contains(name.item));
  };

  const filter = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(word => word.length > 0);
    const left = new Map();
    let shown = 0;
    const isFiltered = words.length > 0 || state.value !== '';
    for (const table of tables) {
      let inTable = 0;
      for (const found of table.rows) {
        const matches = words.every(word => found.text.includes(word)) ? state.value === '' || found.state === undefined || found.state === state.value : false;
        found.row.hidden = !matches;
        if (matches) {
          inTable += 1;
          showNames(found, words);
        }
      }
      table.frame.hidden = inTable === 0;
      left.set(table.section, (left.get(table.section) ?? 0) + inTable);
      shown += inTable;
    }
    for (const { section, note } of sections) note.hidden = left.get(section) > 0;
    const filters = [words.length > 0 ? `“${words.join(' ')}”` : '', state.value].filter(Boolean);
    hits.textContent = isFiltered ? `${shown} of ${total} rows match ${filters.join(', ')}` : '';
    form.classList.toggle('filtered', isFiltered);
  };

  for (const name of new Set(tables.flatMap(table => table.rows.map(found => found.state)).filter(Boolean).sort())) state.append(new Option(name));

  // Sorts by the text of a column, and by the second click in the reverse order.
  const sort = (head, index) => {
    const sign = head.ariaSort === 'ascending' ? -1 : 1;
    for (const other of head.parentElement.cells) other.ariaSort = null;
    head.ariaSort = sign === 1 ? 'ascending' : 'descending';
    const key = row => (row.cells[index].querySelector('.time') ?? row.cells[index]).textContent;
    const body = head.closest('table').tBodies[0];
    body.append(...Array.from(body.rows).sort((one, other) => sign * key(one).localeCompare(key(other), 'en', { numeric: true })));
  };
  for (const head of document.querySelectorAll('.searchable thead th')) {
    const button = document.createElement('button');
    button.append(...head.childNodes);
    button.addEventListener('click', () => sort(head, head.cellIndex));
    head.append(button);
  }

  // #q=orders: a search as part of the address, so that it can be shared.
  const readAddress = () => {
    if (!location.hash.startsWith('#q=')) return;
    try {
      box.value = decodeURIComponent(location.hash.slice(3));
    } catch {
      box.value = location.hash.slice(3);
    }
    filter();
  };
  const writeAddress = () => history.replaceState(null, '', box.value ? `#q=${encodeURIComponent(box.value)}` : location.pathname + location.search);

  form.hidden = false;
  form.addEventListener('submit', event => { event.preventDefault(); writeAddress(); });
  box.addEventListener('input', filter);
  state.addEventListener('change', filter);
  box.addEventListener('change', writeAddress);
  addEventListener('hashchange', readAddress);
  addEventListener('keydown', event => {
    if (event.key !== '/' || /^(INPUT|SELECT)$/.test(document.activeElement.tagName)) return;
    event.preventDefault();
    box.focus();
  });
  readAddress();
})();
