
"use strict";
const { title, notes, size, boxes, edges, findings, clusters, features } =
  JSON.parse(document.getElementById("values").textContent);
const [width, height, boxWidth, boxHeight] = size;
const at = (id) => document.getElementById(id);
const narrow = matchMedia("(max-width: 1239px)");
const WORDS = {
  allow: ["may call", "allow"],
  deny: ["must not call", "deny"],
  route: ["sends requests on to", "route"],
  mirror: ["sends copies to", "mirror"],
  front: ["fronts the pods of", "same pods"],
};

/* Make an element. Children are elements or text: nothing of an intent is ever read as markup. */
function el(name, attributes = {}, ...children) {
  const drawn = ["svg", "g", "path", "circle", "defs", "marker", "title"].includes(name);
  const made = drawn ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") made.addEventListener("click", value);
    else if (value !== null && value !== false) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== ""));
  return made;
}

const into = boxes.map(() => []), out = boxes.map(() => []);
edges.forEach((edge, index) => { out[edge.from].push(index); into[edge.to].push(index); });
const nameOf = (index) => boxes[index].name;
const count = (number, noun, many = noun + "s") => `${number} ${number === 1 ? noun : many}`;
const sentence = (edge) => `${nameOf(edge.from)} ${WORDS[edge.kind][0]} ${nameOf(edge.to)}`;
const gravest = (list) => ["error", "warning", "note"].find((word) => list.some((index) => findings[index].severity === word));

function drawBox(box, index) {
  const grave = gravest(box.findings);
  const button = el("button", { class: `box ${box.default}`, type: "button", title: box.name, "aria-pressed": "false", onclick: () => choose("box", index) },
    el("span", { class: box.name.length > 20 ? "name long" : "name" }, el("span", {}, box.name)),
    el("span", { class: "small" }, el("span", {}, box.line), box.routes.length > 1 ? count(box.routes.length, "route") : ""),
    box.default ? el("span", { class: "small" }, el("span", {}, `mTLS ${box.mode ?? "unwritten"}`),
      { denied: "else deny", allowed: "else allow" }[box.default] ?? "") : "",
    box.shares.length ? el("span", { class: "shares" }, box.shares.map(share)) : "");
  const node = el("div", { class: box.outside ? "node outside" : "node" }, button,
    grave ? el("span", { class: `mark ${grave}`, title: count(box.findings.length, "finding") }, String(box.findings.length)) : "",
    el("ul", { class: "into" }, into[index].map((edge) => el("li", {}, arrow(edge, "from")))));
  return node;
}

function share([version, percent], index) {
  const part = el("i", { class: `share-${index % 5}`, title: `${version} ${percent} %` });
  part.style.flex = percent;
  return part;
}

/* An edge in words, to click in lists; `end` is the one that the list does not know. */
function arrow(index, end) {
  const edge = edges[index];
  const grave = gravest(edge.findings);
  return el("button", { class: `arrow ${edge.kind}`, type: "button", "data-edge": index, "aria-pressed": "false", "aria-label": `${sentence(edge)}: ${edge.title}`, onclick: (event) => choose("edge", index, event.currentTarget) },
    el("b", {}, edge.kind === "deny" ? "✕" : end === "from" ? "←" : "→"),
    el("span", {}, nameOf(edge[end]), el("br"), el("small", {}, [edge.title, edge.conditions].filter(Boolean).join(" · "), grave ? el("span", { class: grave }, " ●") : "")));
}

/* The line of an edge, which lies below the circles of all others. */
function drawLine(edge, index) {
  return el("g", { class: `edge ${edge.kind}`, "aria-hidden": "true", onclick: () => choose("edge", index) },
    el("path", { class: "hit", d: edge.path }),
    el("path", { d: edge.path, "marker-end": `url(#head-${edge.kind})` }));
}

/* The circle of an edge, which is clicked, or reached by keyboard. */
function drawKnob(edge, index) {
  const [x, y] = edge.at;
  const drawn = el("g", { class: `edge ${edge.kind}`, role: "button", tabindex: 0, "data-edge": index, "aria-label": `${sentence(edge)}: ${edge.title}`, onclick: () => choose("edge", index) },
    el("title", {}, `${sentence(edge)}\n${[edge.title, edge.conditions].filter(Boolean).join(" · ")}`),
    el("circle", { cx: x, cy: y, r: 7 }),
    edge.kind === "deny" ? el("path", { d: `M${x - 3} ${y - 3}l6 6m0 -6l-6 6` })
      : edge.conditions ? "" : el("circle", { class: "dot", cx: x, cy: y, r: 3.5 }));
  drawn.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose("edge", index);
  });
  return drawn;
}

const svg = el("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Arrows" },
  el("defs", {}, Object.keys(WORDS).map((kind) =>
    el("marker", { id: `head-${kind}`, class: `edge ${kind}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto" },
      el("path", { d: "M0 0L8 4L0 8z" })))));
const lines = edges.map(drawLine), knobs = edges.map(drawKnob), nodes = boxes.map(drawBox);
const lower = el("g", {}, lines);

/* Tell of what is chosen: beside the drawing, or on a narrow screen right below it. */
function choose(kind, index, anchor = null) {
  const about = at("about"), isEdge = kind === "edge";
  about.replaceChildren(...(kind === null ? overview() : isEdge ? aboutEdge(edges[index]) : aboutBox(boxes[index], index)));
  const touched = isEdge ? [index] : kind === "box" ? [...into[index], ...out[index]] : [];
  lines.forEach((line, edge) => line.classList.toggle("chosen", touched.includes(edge)));
  knobs.forEach((knob, edge) => knob.classList.toggle("chosen", touched.includes(edge)));
  touched.forEach((edge) => lower.append(lines[edge]));
  nodes.forEach((node, box) => node.firstChild.setAttribute("aria-pressed", kind === "box" && box === index));
  document.querySelectorAll(".arrow").forEach((button) => button.setAttribute("aria-pressed", isEdge && Number(button.dataset.edge) === index));
  if (!narrow.matches) at("main").append(about);
  else if (kind === null) at("main").prepend(about);
  else if (kind === "box") nodes[index].append(about);
  else if (anchor === null || !about.contains(anchor)) (anchor?.parentNode ?? at("main")).append(about);
  about.scrollTop = 0;
}

const link = (index) => el("button", { class: "link", type: "button", onclick: () => choose("box", index) }, nameOf(index));
const part = (head, ...children) => (children.flat().length ? [el("h3", {}, head), ...children.flat()] : []);
const facts = (list) => el("dl", {}, list.flatMap(([what, how]) => [el("dt", {}, what), el("dd", {}, how)]));
const place = (text) => (text === null ? [] : [el("h3", {}, "Written at"), el("code", {}, text)]);
const told = (list) => part("Findings", list.length ? el("ul", { class: "findings" }, list.map((index) => finding(findings[index]))) : []);

function overview() {
  const services = boxes.filter((box) => !box.outside).length;
  return [
    el("p", { class: "eyebrow" }, "The set"),
    el("h2", {}, title),
    el("p", {}, `${count(services, "service")}, ${count(boxes.length - services, "kind of caller", "kinds of callers")} from outside, ${count(edges.length, "arrow")}.`),
    ...notes.map((note) => el("p", {}, `${note}.`)),
    el("h3", {}, "To read it"),
    el("p", {}, narrow.matches ? "Below each service stand those who call it. Choose one for the rule behind it, or the service for all that holds there."
      : "An arrow leads from a caller to the called; where its circle is hollow, it speaks of some requests alone. Choose an arrow for the rule behind it, or a box for all that holds there."),
  ];
}

function aboutEdge(edge) {
  return [
    el("p", { class: "eyebrow" }, WORDS[edge.kind][1]),
    el("h2", {}, link(edge.from), ` ${WORDS[edge.kind][0]} `, link(edge.to)),
    facts([["name", edge.title], ["requests", edge.conditions || "all of them"]]),
    ...part("Rule", el("pre", {}, edge.text)),
    ...place(edge.place), ...told(edge.findings),
  ];
}

function aboutBox(box, index) {
  const bars = box.shares.map(([version, percent], number) => {
    const bar = el("i", { class: `share-${number % 5}` });
    bar.style.width = `${percent}%`;
    return el("div", { class: "share" }, el("span", {}, version), bar, el("span", {}, `${percent} %`));
  });
  const routes = box.routes.map(([name, match, destination, effects]) =>
    el("div", { class: "route" }, el("p", {}, el("b", {}, name)), facts([["requests", match], ["go to", destination], ...effects])));
  return [
    el("p", { class: "eyebrow" }, box.outside ? "Callers from outside" : "Service"),
    el("h2", {}, box.name),
    facts(box.facts.length ? box.facts : [["what", box.line]]),
    ...part("Versions", bars),
    ...part("Routes, the first that matches decides", routes),
    ...part("Callers", into[index].map((edge) => arrow(edge, "from"))),
    ...part("Calls", out[index].map((edge) => arrow(edge, "to"))),
    ...place(box.place), ...told(box.findings),
  ];
}

function finding(found) {
  return el("li", {},
    el("p", {}, el("span", { class: `severity ${found.severity}` }, found.severity), ` ${found.code}`, found.meshes.length ? ` on ${found.meshes.join(", ")}` : ""),
    el("p", {}, found.message),
    found.hint ? el("p", { class: "quiet" }, `Hint: ${found.hint}`) : "",
    found.place ? el("p", {}, el("code", {}, found.place)) : "");
}

function feature({ id, answers }) {
  const said = answers.flatMap((answer, index) => (answer && answer.word !== "Full") || answer?.says
    ? [el("li", {}, el("b", {}, clusters[index].name), ` ${answer.word}: ${answer.says || "carried as written"}`,
      el("span", { class: "quiet" }, answer.services.length ? ` (${answer.services.join(", ")})` : ""))] : []);
  return el("details", { class: "feature" },
    el("summary", {}, el("code", {}, id), answers.map((answer, index) => el("span", {},
      el("b", { class: `answer ${answer?.word.toLowerCase()}`, title: `${clusters[index].name}: ${answer?.word ?? "not asked"}` }, answer?.word[0] ?? "–")))),
    el("ul", {}, said.length ? said : el("li", { class: "quiet" }, "Every cluster carries it as written.")));
}

/* Put boxes where the layout has them; on a narrow screen they follow one another. */
function lay() {
  const px = (number) => (narrow.matches ? "" : `${number}px`);
  nodes.forEach(({ style }, index) => Object.assign(style, { left: px(boxes[index].x), top: px(boxes[index].y), width: px(boxWidth) }));
}

/* Fade what neither a search nor the box for findings asks for. */
function filter() {
  const words = at("search").value.trim().toLowerCase(), troubled = at("troubled").checked;
  const textOf = (value) => JSON.stringify(value).toLowerCase();
  const meets = (thing) => (!troubled || thing.findings.length > 0) && (words === "" || textOf(thing).includes(words));
  const hits = edges.map((edge) => meets(edge) || (meets(boxes[edge.from]) && meets(boxes[edge.to])));
  boxes.forEach((box, index) => {
    const near = [...into[index], ...out[index]].some((edge) => hits[edge]);
    nodes[index].classList.toggle("faded", !meets(box) && !near);
  });
  [lines, knobs].forEach((drawn) => drawn.forEach((each, index) => each.classList.toggle("faded", !hits[index])));
}

function legend(kind, words) {
  const sample = el("svg", { class: `edge ${kind}`, width: 34, height: 12, "aria-hidden": "true" },
    el("path", { d: "M0 6L34 6", "marker-end": `url(#head-${kind})` }));
  return el("li", {}, sample, words);
}

document.title = `${title} - meshgen graph`;
at("title").textContent = title;
const tally = ["error", "warning", "note"].map((word) => [findings.filter((found) => found.severity === word).length, word]);
at("summary").textContent = [count(boxes.filter((box) => !box.outside).length, "service"), count(edges.length, "arrow"),
  ...tally.filter(([number]) => number > 0).map(([number, word]) => count(number, word))].join(" · ");
at("legend").append(...Object.entries(WORDS).filter(([kind]) => edges.some((edge) => edge.kind === kind)).map(([kind, [words]]) => legend(kind, words)));
svg.append(lower, ...knobs);
at("graph").style.setProperty("--box", `${boxHeight}px`);
at("graph").append(svg, ...nodes);
at("findings").append(...(findings.length ? findings.map(finding) : [el("li", { class: "quiet" }, "None.")]));
const isWhole = ({ answers }) => answers.every((answer) => answer === null || (answer.word === "Full" && !answer.says));
const whole = features.filter(isWhole);
at("features").style.setProperty("--clusters", clusters.length);
at("features").append(
  el("div", { class: "columns" }, el("span", {}, "Feature"), clusters.map((cluster) => el("span", { title: cluster.title }, cluster.name))),
  ...features.filter((each) => !isWhole(each)).map(feature),
  ...(whole.length ? [el("details", { class: "whole" }, el("summary", {}, `${count(whole.length, "feature")} carried as written by all`),
    el("p", {}, el("code", {}, whole.map((each) => each.id).join(", "))))] : []));
at("tools").addEventListener("submit", (event) => event.preventDefault());
at("tools").addEventListener("input", filter);
narrow.addEventListener("change", () => {
  lay();
  choose(null);
});
addEventListener("keydown", (event) => { if (event.key === "Escape") choose(null); });
lay();
choose(null);
