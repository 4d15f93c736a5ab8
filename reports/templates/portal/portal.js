"use strict";
// Search, filters and sorting. The page is complete without this script; texts only ever enter as text.
(() => {
  const EAGER = 20000; // Up to so many rows are loaded whatever is asked; beyond that, only the years that are asked for.
  const NAMELESS = "none"; // Proposals of no known year.
  const FIELDS = ["q", "kind", "unit", "topic", "state", "year", "sort"];
  for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;
  const form = document.querySelector("form.filters");
  if (!form) return;

  const body = document.querySelector(".list tbody");
  const status = document.getElementById("status");
  const asked = document.getElementById("asked");
  const collator = new Intl.Collator("zh-CN", { numeric: true });
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const shards = new Map();
  let catalogue = null, wanted = null, found = [], page = 1;

  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const byUnit = (a, b) => collator.compare(unitName(a), unitName(b));
  const SORTED_BY = { due: "due", replied: "replied", late: "open" };
  const unitName = (row) => (row.unit < 0 ? "" : catalogue.units[row.unit][1]);

  window.duban = {
    open(given) {
      catalogue = given;
      catalogue.unitPlaces = new Map(given.units.map(([code], place) => [code, place]));
      catalogue.plainUnits = given.units.map(([, name]) => plain(name));
      given.shards.forEach(([year, count, file], order) => shards.set(file, { year, count, order, rows: null, asked: false }));
      read();
      refresh();
    },
    add(year, columns) {
      const file = document.currentScript.getAttribute("src");
      shards.get(file).rows = columns.page.map((key, place) => rowOf(columns, place, year));
      refresh();
    },
  };

  function rowOf(columns, place, year) {
    const row = { year };
    for (const name in columns) row[name] = columns[name][place];
    row.open = row.state === "overdue" ? row.late : 0;
    const units = [row.unit, ...row.others].filter((unit) => unit >= 0).map((unit) => catalogue.plainUnits[unit]);
    row.text = [plain(`${row.reference} ${row.number} ${row.title} ${row.topic} ${row.proposer} ${row.person}`), ...units].join(" ");
    return row;
  }

  // What is asked for stands in the address: it can be kept, sent, and is there again on the way back.
  function read() {
    const given = new URLSearchParams(location.hash.slice(1) || location.search);
    for (const name of FIELDS) {
      const field = form.elements[name];
      field.value = given.get(name) ?? "";
      if (field.selectedIndex === -1) field.value = "";
    }
    const isAsked = [...FIELDS, "all"].some((name) => given.has(name));
    if (catalogue.total > EAGER && !isAsked) form.elements.year.value = catalogue.shards[0][0] || NAMELESS;
    page = Number(given.get("page")) || 1;
  }
  function address(number) {
    const asked = new URLSearchParams();
    for (const name of FIELDS) if (form.elements[name].value) asked.set(name, form.elements[name].value);
    if (number > 1) asked.set("page", number);
    return "#" + (asked.toString() || "all");
  }

  function refresh() {
    wanted = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]));
    wanted.year = wanted.year === NAMELESS ? "" : wanted.year || null;
    const isWanted = (shard) => wanted.year === null || shard.year === wanted.year;
    const needed = [...shards.values()].filter((shard) => catalogue.total <= EAGER || isWanted(shard));
    for (const [file, shard] of shards) if (needed.includes(shard) && !shard.asked) load(file, shard);
    const here = needed.filter((shard) => shard.rows);
    found = select(here.filter(isWanted));
    const missing = needed.length - here.length;
    const broken = needed.some((shard) => shard.broken);
    show(broken ? "部分数据读不到，请刷新本页。" : missing ? `正在载入（${here.length}/${needed.length}）……` : "");
  }
  function load(file, shard) {
    const script = document.createElement("script");
    shard.asked = true;
    script.src = file;
    script.onerror = () => { shard.broken = true; refresh(); };
    document.head.append(script);
  }

  function select(parts) {
    const words = plain(wanted.q).split(/\s+/).filter(Boolean);
    const unit = wanted.unit ? catalogue.unitPlaces.get(wanted.unit) : -1;
    const rows = [];
    for (const shard of parts.sort((a, b) => a.order - b.order)) {
      for (const row of shard.rows) {
        if (wanted.kind && row.kind !== wanted.kind) continue;
        if (wanted.state && row.state !== wanted.state) continue;
        if (wanted.topic && row.topic !== wanted.topic) continue;
        if (wanted.unit && row.unit !== unit && !row.others.includes(unit)) continue;
        if (words.every((word) => row.text.includes(word))) rows.push(row);
      }
    }
    return sorted(rows, wanted.sort.replace("-", ""), wanted.sort.startsWith("-") ? -1 : 1);
  }
  // In either direction, a row without a value comes last.
  function sorted(rows, name, direction) {
    const field = SORTED_BY[name];
    if (name === "unit") return rows.sort((a, b) => direction * byUnit(a, b));
    if (!field) return rows;
    return rows.sort((a, b) => !a[field] - !b[field] || direction * compare(a[field], b[field]));
  }

  const CELLS = {
    ref: (row) => row.reference,
    title: (row) => {
      const link = document.createElement("a");
      link.href = `proposals/${row.page.slice(0, 2)}/${row.page.slice(2)}.html`;
      link.textContent = cut(row.title);
      return link;
    },
    unit: (row) => unitName(row) || "—",
    person: (row) => row.person || "—",
    "day due": (row) => row.due || "—",
    "day replied": (row) => row.replied || "—",
    grade: (row) => row.grade || "—",
    state: (row) => {
      const badge = document.createElement("span");
      badge.className = "badge " + row.state;
      badge.textContent = row.open ? `超期${row.late}天` : catalogue.states[row.state];
      return badge;
    },
  };
  // By characters, not by halves of them, and as long as the page without a script has it.
  function cut(title) {
    const signs = title.length > 120 ? [...title] : [];
    return signs.length > 120 ? signs.slice(0, 119).join("") + "…" : title;
  }
  function line(row) {
    const tr = document.createElement("tr");
    tr.setAttribute("role", "row");
    for (const name in CELLS) {
      const td = document.createElement("td");
      td.setAttribute("role", "cell");
      td.className = name;
      td.append(CELLS[name](row));
      tr.append(td);
    }
    return tr;
  }

  function show(hint) {
    const pages = Math.max(1, Math.ceil(found.length / catalogue.perPage));
    page = Math.min(Math.max(page, 1), hint ? Math.max(page, 1) : pages);
    const start = (Math.min(page, pages) - 1) * catalogue.perPage;
    if (found.length || !hint) body.replaceChildren(...found.slice(start, start + catalogue.perPage).map(line));
    status.textContent = hint || (found.length ? `共 ${found.length} 件` : "没有符合条件的件。请减少关键词，或清除条件。");
    tellAsked();
    turn(Math.min(page, pages), pages);
    for (const th of heads) mark(th);
  }
  // On paper the form is not seen: what was asked for stands there in words.
  function tellAsked() {
    const told = FIELDS.filter((name) => form.elements[name].value).map((name) => {
      const field = form.elements[name];
      return `${form.querySelector(`label[for=${name}]`).textContent}：${field.selectedOptions?.[0].textContent ?? field.value}`;
    });
    asked.textContent = told.join("；");
    asked.hidden = !told.length;
  }
  function mark(th) {
    const by = th.dataset.sort === "order" ? "" : th.dataset.sort;
    const now = wanted.sort.replace("-", "");
    if (by === now) th.setAttribute("aria-sort", wanted.sort.startsWith("-") ? "descending" : "ascending");
    else th.removeAttribute("aria-sort");
  }

  const pager = document.querySelector(".pager") ?? makePager();
  function makePager() {
    const nav = document.createElement("nav");
    nav.className = "pager";
    nav.setAttribute("aria-label", "翻页");
    const part = (tag, name, text) => Object.assign(document.createElement(tag), { className: name, textContent: text });
    const middle = document.createElement("span");
    middle.append("第 ", part("b", "at", "1"), " / ", part("span", "of", "1"), " 页");
    nav.append(part("a", "previous", "上一页"), middle, part("a", "next", "下一页"));
    body.closest(".scroll").after(nav);
    return nav;
  }
  function turn(number, pages) {
    pager.hidden = pages < 2;
    pager.querySelector(".at").textContent = number;
    pager.querySelector(".of").textContent = pages;
    const ways = [pager.querySelector(".previous"), pager.querySelector(".next")];
    lead(ways[0], number - 1, number > 1);
    lead(ways[1], number + 1, number < pages);
    // At either end the way on is gone; who came by keyboard goes on from the way back.
    const [left] = ways.filter((way) => way === pressed && !way.href);
    if (left) ways.find((way) => way.href)?.focus();
  }
  let pressed = null;
  pager.addEventListener("click", (event) => { pressed = event.target.closest("a"); });
  function lead(link, number, isThere) {
    if (isThere) {
      link.href = address(number);
      link.removeAttribute("aria-disabled");
    } else {
      link.removeAttribute("href");
      link.setAttribute("aria-disabled", "true");
    }
  }

  const opposite = (sort) => (sort.startsWith("-") ? sort.slice(1) : "-" + sort);
  const heads = [...document.querySelectorAll(".list th[data-sort]")];
  for (const th of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = th.textContent;
    th.replaceChildren(button);
    button.addEventListener("click", () => {
      const by = th.dataset.sort === "order" ? "" : th.dataset.sort;
      const downFirst = by === "replied" || by === "late";
      const now = form.elements.sort.value;
      const first = downFirst ? "-" + by : by;
      form.elements.sort.value = by && (now === first ? opposite(first) : first);
      change();
    });
  }
  function change() {
    page = 1;
    history.replaceState(null, "", address(1));
    refresh();
  }
  // A word is looked up when it is written, not while its sounds are being typed.
  form.addEventListener("input", (event) => event.isComposing || change());
  form.addEventListener("compositionend", change);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(change));
  addEventListener("hashchange", () => {
    if (document.getElementById(location.hash.slice(1))) return; // a place in this page, like the skip link's
    read();
    refresh();
    status.scrollIntoView({ block: "nearest" });
  });
})();
