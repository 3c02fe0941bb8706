'use strict';
// Filters the rows of all tables by words. The page is complete without this script. Do not use ampersands or less-than
// signs in this file, because the page must be well-formed XML.
(() => {
  const form = document.getElementById('search');
  const box = document.getElementById('q');
  const hits = document.getElementById('hits');
  const textOf = element => element.textContent.toLowerCase();
  const tables = Array.from(document.querySelectorAll('table.searchable'), table => ({
    frame: table.closest('article') ?? table.closest('.scroll'),
    section: table.closest('section'),
    rows: Array.from(table.tBodies[0].rows, row => ({
      row,
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
    for (const table of tables) {
      let inTable = 0;
      for (const found of table.rows) {
        const matches = words.every(word => found.text.includes(word));
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
    hits.textContent = words.length > 0 ? `${shown} of ${total} rows match “${words.join(' ')}”` : '';
    form.classList.toggle('filtered', words.length > 0);
  };

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
  box.addEventListener('change', writeAddress);
  addEventListener('hashchange', readAddress);
  addEventListener('keydown', event => {
    if (event.key !== '/' || /^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
    event.preventDefault();
    box.focus();
  });
  readAddress();
})();
