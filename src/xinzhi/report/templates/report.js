"use strict";
(() => {
  const specs = JSON.parse(document.getElementById("specs").textContent);
  const store = JSON.parse(document.getElementById("cards").textContent);
  const dialog = document.getElementById("card");
  const body = document.getElementById("card-body");
  const views = new Map();
  let lang = "zh";
  let open = null;

  const WORDS = {
    zh: { band: "区间", formula: "算式", parameters: "参数", figures: "用到的公布数值", parts: "由这些数得出",
      status: "状态", note: "弱点", method: "方法说明", close: "关闭", link: "引用这张卡片", year: "年",
      head: ["指标", "数值", "单位", "年份", "版本", "发布者与来源", "状态"], colon: "：" },
    en: { band: "Band", formula: "Working", parameters: "Parameters", figures: "Published figures used",
      parts: "Made of", status: "Status", note: "Weakness", method: "Method", close: "Close",
      link: "Cite this card", year: "",
      head: ["Figure", "Value", "Unit", "Year", "Vintage", "Publisher and source", "Status"], colon: ": " },
  };
  const side = () => (lang === "zh" ? 0 : 1);
  const text = (place) => store.texts[place][side()];

  function element(tag, content, properties) {
    const node = Object.assign(document.createElement(tag), properties || {});
    if (content !== undefined && content !== null) node.append(content);
    return node;
  }

  // Charts

  function embed(node) {
    const panel = specs[node.dataset.chart][Number(node.dataset.panel)];
    const spec = structuredClone(panel[lang]);
    if (panel.tiles) {
      const [columns, rows] = panel.tiles;
      const size = Math.max(30, Math.min(58, Math.floor((node.clientWidth - 10) / columns)));
      spec.width = columns * size;
      spec.height = rows * size;
    }
    const options = { actions: false, renderer: "svg", mode: "vega-lite", tooltip: { theme: "custom" } };
    return vegaEmbed(node, spec, options).then((result) => {
      views.get(node)?.finalize();
      views.set(node, result);
      node.setAttribute("aria-label", node.dataset[lang]);
      result.view.addEventListener("click", (event, item) => {
        const card = item?.datum?.card;
        if (card) show(card);
      });
    });
  }

  const pictures = [...document.querySelectorAll(".picture")];
  const drawAll = () => Promise.all(pictures.map(embed));

  // Language

  function speak(next) {
    lang = next;
    document.documentElement.lang = next;
    document.title = document.body.dataset[next];
    for (const button of document.querySelectorAll("[data-lang]"))
      button.setAttribute("aria-pressed", String(button.dataset.lang === next));
    for (const node of document.querySelectorAll("[aria-label][data-zh]"))
      node.setAttribute("aria-label", node.dataset[next]);
    if (open) fill(open);
    return drawAll();
  }

  // Cards

  function rows(pairs) {
    const list = element("dl");
    for (const [name, value] of pairs) list.append(element("dt", name), element("dd", value));
    return list;
  }

  function fill(id) {
    const [title, value, unit, region, year, low, high, band, formula, parameters, figures, parts,
      status, note, method] = store.cards[id];
    const words = WORDS[lang];
    const at = year + (words.year && /\d$/.test(year) ? " " + words.year : "");
    body.replaceChildren();
    const close = element("button", words.close, { type: "button", className: "close" });
    close.addEventListener("click", () => dialog.close());
    body.append(close, element("h2", text(title), { id: "card-title" }));
    body.append(element("p", [text(region), at].filter(Boolean).join(" · "), { className: "where" }));
    const main = element("p", value, { className: "value" });
    if (text(unit)) main.append(element("small", " " + text(unit)));
    body.append(main);
    if (low) body.append(element("p", `${words.band}${words.colon}${low} – ${high} ${text(band)}`));
    if (status.length)
      body.append(element("p", words.status + words.colon + status.map(text).join(lang === "zh" ? "、" : ", ")));
    if (text(formula)) {
      body.append(element("h3", words.formula));
      body.append(element("pre", text(formula)));
    }
    if (parts.length) {
      body.append(element("h3", words.parts));
      const list = element("ul");
      for (const part of parts) {
        const [partTitle, partValue, partUnit] = store.cards[part];
        const go = element("button", `${partValue} ${text(partUnit)}`.trim(), { type: "button", className: "number" });
        go.addEventListener("click", () => show(part));
        const item = element("li", text(partTitle) + words.colon);
        item.append(go);
        list.append(item);
      }
      body.append(list);
    }
    if (figures.length) {
      body.append(element("h3", words.figures));
      const table = element("table");
      const head = element("tr");
      for (const name of words.head) head.append(element("th", name));
      table.append(head);
      for (const [name, number, unitOf, date, vintage, publisher, source, state] of figures) {
        const row = element("tr");
        const origin = [text(publisher), text(source)].filter(Boolean).join(lang === "zh" ? "：" : ": ");
        for (const cell of [text(name), number, text(unitOf), String(date), text(vintage), origin, text(state)])
          row.append(element("td", cell));
        row.children[1].className = "n";
        table.append(row);
      }
      const scroll = element("div", table, { className: "scroll" });
      body.append(scroll);
    }
    if (text(note)) body.append(element("p", words.note + words.colon + text(note), { className: "note" }));
    if (store.parameters[parameters].length) {
      body.append(element("h3", words.parameters));
      body.append(rows(store.parameters[parameters].map(([k, v]) => [text(k), text(v)])));
    }
    const foot = element("p", null, { className: "foot" });
    if (method) {
      const link = element("a", words.method, { href: "#" + method });
      link.addEventListener("click", () => dialog.close());
      foot.append(link, " · ");
    }
    foot.append(element("a", words.link, { href: "#card-" + encodeURIComponent(id) }), " ",
      element("code", "#card-" + id));
    body.append(foot);
  }

  function show(id) {
    if (!store.cards[id]) return;
    open = id;
    fill(id);
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    const address = "#card-" + encodeURIComponent(id);
    if (location.hash !== address) history.replaceState(null, "", address);
  }

  dialog.addEventListener("close", () => {
    open = null;
    if (location.hash.startsWith("#card-"))
      history.replaceState(null, "", location.pathname + location.search);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-card],[data-lang],[data-table]");
    if (!target) return;
    if (target.dataset.card) show(target.dataset.card);
    if (target.dataset.lang) speak(target.dataset.lang);
    if (target.dataset.table) download(target.dataset.table);
  });

  // Downloads

  function quoted(value) {
    // a spreadsheet would run a text that begins with one of these signs
    const safe = /^[=+\-@\t\r]/.test(value) && !/^-?[\d.]+(e[+-]?\d+)?$/i.test(value) ? "'" + value : value;
    return /[",\n]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
  }

  function words(cell) {
    const own = cell.querySelector(`[lang="${lang}"]`);
    return (own || cell).textContent.trim();
  }

  function download(id) {
    const lines = [...document.querySelectorAll(`#${CSS.escape(id)} tr`)].map((row) =>
      [...row.children].map((cell) => quoted(cell.dataset.value ?? words(cell))).join(","));
    const blob = new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], { type: "text/csv" });
    const link = element("a", "", { href: URL.createObjectURL(blob), download: id + ".csv" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  // Addresses: #zh, #en, #card-…, or a place; a place inside a folded table unfolds it

  function follow() {
    const hash = decodeURIComponent(location.hash.slice(1));
    if (hash === "zh" || hash === "en") return speak(hash);
    if (hash.startsWith("card-")) return show(hash.slice(5));
    const place = hash && document.getElementById(hash);
    if (place) {
      if (place.tagName === "DETAILS") place.open = true;
      place.scrollIntoView();
    }
    return undefined;
  }

  const asked = location.hash.slice(1);
  const first = asked === "zh" || asked === "en" ? asked : navigator.language.startsWith("zh") ? "zh" : "en";
  speak(first).then(() => {
    document.documentElement.dataset.ready = "true";
    if (asked && asked !== first) follow();
  });
  window.addEventListener("hashchange", follow);
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    for (const node of pictures)
      if (specs[node.dataset.chart][Number(node.dataset.panel)].tiles) embed(node);
  });
})();
