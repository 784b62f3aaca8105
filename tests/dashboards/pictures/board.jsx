// A dashboard's JSON and the rows of its queries, drawn by Grafana 9.4's own components.
// What is not in its packages is written here as its panels do it: the map (OpenLayers), the
// node graph (forces of d3), the choice of values and the grid.
import React from "react";
import ReactDOM from "react-dom";
import "@fontsource/inter/400.css";
import "@fontsource/inter/500.css";
import "uplot/dist/uPlot.min.css";
import {
  FieldConfigOptionsRegistry, FieldType, applyFieldOverrides, createTheme, dateTime,
  displayNameOverrideProcessor,
  getFieldDisplayValues, getDisplayValueAlignmentFactors, toDataFrame,
} from "@grafana/data";
import {
  BarGauge, BigValue, Table, ThemeContext, TimeSeries, VizRepeater, GlobalStyles,
} from "@grafana/ui";
import { forceCollide, forceLink, forceSimulation, forceX, forceY } from "d3-force";
import Map from "ol/Map";
import View from "ol/View";
import Feature from "ol/Feature";
import Point from "ol/geom/Point";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Fill, RegularShape, Style, Text } from "ol/style";
import { fromLonLat } from "ol/proj";

const { dashboard, frames, period, dark, label } = window.BOARD;
const theme = createTheme({ colors: { mode: dark ? "dark" : "light" } });
const ZONE = "Asia/Shanghai";
const CELL = 30, GAP = 8, COLUMNS = 24, NAVIGATION = 58, TOP = 96, TITLE = 32, PADDING = 8;

const STANDARD = ["displayName", "noValue", "mappings", "unit", "links", "color", "min", "max",
  "decimals", "thresholds"];
const CUSTOM = ["align", "cellOptions", "filterable", "hidden", "inspect", "minWidth", "width",
  "drawStyle", "fillOpacity", "lineWidth", "stacking", "hideFrom"];
const property = (id, isCustom) => ({
  id: isCustom ? `custom.${id}` : id, path: id, name: id, isCustom,
  process: id === "displayName" ? displayNameOverrideProcessor : (value) => value, shouldApply: () => true, override: () => null, editor: () => null,
});
const registry = new FieldConfigOptionsRegistry(() =>
  [...STANDARD.map((id) => property(id, false)), ...CUSTOM.map((id) => property(id, true))]);

function dressed(panel) {
  const raw = frames[panel.id].map((frame) => toDataFrame(frame));
  return applyFieldOverrides({
    data: raw,
    fieldConfig: { defaults: panel.fieldConfig?.defaults ?? {}, overrides: panel.fieldConfig?.overrides ?? [] },
    fieldConfigRegistry: registry,
    replaceVariables: (text) => text,
    theme, timeZone: ZONE,
  });
}

const values = (panel, data) => getFieldDisplayValues({
  fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions,
  replaceVariables: (text) => text, theme, data, timeZone: ZONE,
});

function Stat({ panel, data, width, height }) {
  const { colorMode, graphMode, justifyMode, textMode, text } = panel.options;
  const shown = values(panel, data);
  return (
    <VizRepeater
      source={shown} width={width} height={height} itemSpacing={3} orientation="auto"
      getValues={() => shown} renderCounter={0}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, alignmentFactors, width, height, count }) => (
        <BigValue
          value={value.display} count={count} width={width} height={height} theme={theme}
          colorMode={colorMode} graphMode={graphMode} justifyMode={justifyMode} text={text}
          textMode={textMode === "auto" && count === 1 ? "value" : textMode}
          alignmentFactors={textMode === "name" ? undefined : alignmentFactors}
        />
      )}
    />
  );
}

function Bars({ panel, data, width, height }) {
  const shown = values(panel, data);
  return (
    <VizRepeater
      source={shown} width={width} height={height} itemSpacing={10} orientation="horizontal"
      getValues={() => shown} renderCounter={0} minVizHeight={10} minVizWidth={0}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, alignmentFactors, width, height }) => (
        <BarGauge
          value={value.display} field={value.field} display={value.view?.getFieldDisplayProcessor(value.colIndex)}
          width={width} height={height} orientation="horizontal" theme={theme} text={panel.options.text}
          displayMode={panel.options.displayMode} alignmentFactors={alignmentFactors} itemSpacing={8}
        />
      )}
    />
  );
}

function Chart({ panel, data, width, height }) {
  const frame = data[0];
  if (!frame.length) return <Nothing panel={panel} />;
  const range = { from: dateTime(period.from), to: dateTime(period.to) };
  for (const field of frame.fields) {
    field.config.custom = { axisPlacement: "auto", axisGridShow: true, barAlignment: 0, ...field.config.custom };
    if (field.type === FieldType.number && field.config.color === undefined)
      field.config.color = { mode: "palette-classic" };
  }
  const legend = { ...panel.options.legend, calcs: [] };
  return (
    <TimeSeries frames={[frame]} timeRange={{ ...range, raw: range }} timeZone={ZONE}
      width={width} height={height} legend={legend} options={{}} />
  );
}

const Grid = ({ panel, data, width, height }) =>
  data[0].length ? (
    <Table data={data[0]} width={width} height={height} columnMinWidth={150} resizable noHeader={false} />
  ) : <Nothing panel={panel} />;

const Nothing = ({ panel }) => (
  <div className="nothing">{panel.fieldConfig?.defaults?.noValue ?? "No data"}</div>
);

const field = (frame, name) => frame.fields.find((each) => each.name === name);

function Tiles({ panel, data, width, height }) {
  const place = React.useRef(null);
  React.useEffect(() => {
    const frame = data[0];
    const at = (index) => new Point(fromLonLat(
      [field(frame, "longitude").values.get(index), field(frame, "latitude").values.get(index)]));
    const layers = panel.options.layers.map(({ config: { style } }) => {
      const features = Array.from({ length: frame.length }, (_, index) => {
        const feature = new Feature(at(index));
        feature.setStyle(styleOf(frame, style, index));
        return feature;
      });
      return new VectorLayer({ source: new VectorSource({ features }) });
    });
    const { lat, lon, zoom } = panel.options.view;
    new Map({
      target: place.current, layers, controls: [], interactions: [],
      view: new View({ center: fromLonLat([lon ?? 0, lat ?? 0]), zoom }),
    });
  }, []);
  return <div ref={place} style={{ width, height }} />;
}

function styleOf(frame, style, index) {
  const coloured = style.color.field && field(frame, style.color.field);
  const value = coloured?.values.get(index);
  const colour = coloured ? coloured.display(value).color : style.color.fixed;
  if (style.symbol.fixed)
    return new Style({ image: new RegularShape({
      points: 4, radius: style.size.fixed, angle: Math.PI / 4, fill: new Fill({ color: colour }),
    }) });
  const { fontSize, offsetY, textAlign, textBaseline } = style.textConfig;
  return new Style({ text: new Text({
    text: String(field(frame, style.text.field).values.get(index)), offsetY, textAlign, textBaseline,
    font: `${fontSize}px ${theme.typography.fontFamily}`, fill: new Fill({ color: colour }),
  }) });
}

function Lines({ panel, data }) {
  const frame = data[0];
  if (!frame?.length) return <Nothing panel={panel} />;
  const [time, line] = [field(frame, "time"), field(frame, "line")];
  return (
    <div className="lines">
      {Array.from({ length: frame.length }, (_, index) => (
        <div key={index}>
          <b>{dateTime(time.values.get(index)).utcOffset(480).format("YYYY-MM-DD HH:mm:ss")}</b>{" "}
          {line.values.get(index)}
        </div>
      ))}
    </div>
  );
}

const RADIUS = 40, APART = 100, LINK = 150, STEPS = 300, ARROW = 10, LONGEST = 22;
const shortened = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);
const rows = (frame) => Array.from({ length: frame.length }, (_, index) =>
  Object.fromEntries(frame.fields.map((each) => [each.name, each.values.get(index)])));

function Graph({ panel, data, width, height }) {
  const [nodes, edges] = ["nodes", "edges"].map((id) => rows(data.find((frame) => frame.refId === id)));
  if (!nodes.length) return <Nothing panel={panel} />;
  forceSimulation(nodes)
    .force("link", forceLink(edges).id((node) => node.id).distance(LINK).strength(0.5))
    .force("x", forceX().strength(0.02)).force("y", forceY().strength(0.04))
    .force("collide", forceCollide(APART)).stop().tick(STEPS);
  const [left, right] = extent(nodes.map((node) => node.x), APART);
  const [top, bottom] = extent(nodes.map((node) => node.y), APART);
  const scale = Math.min(1, width / (right - left), height / (bottom - top));
  const [w, h] = [width / scale, height / scale];
  return (
    <svg width={width} height={height} style={{ font: `14px ${theme.typography.fontFamily}` }}
      viewBox={`${(left + right - w) / 2} ${(top + bottom - h) / 2} ${w} ${h}`}>
      <marker id="arrow" viewBox="0 0 10 10" refX="10" refY="5" markerWidth={ARROW} markerHeight={ARROW}
        orient="auto"><path d="M 0 0 L 10 5 L 0 10 z" fill="#999" /></marker>
      {edges.map(({ id, source, target }) => {
        const length = Math.hypot(target.x - source.x, target.y - source.y);
        const at = (from, to, share) => from + (to - from) * share;
        const ends = [RADIUS / length, 1 - RADIUS / length];
        return <line key={id} stroke="#999" markerEnd="url(#arrow)"
          x1={at(source.x, target.x, ends[0])} y1={at(source.y, target.y, ends[0])}
          x2={at(source.x, target.x, ends[1])} y2={at(source.y, target.y, ends[1])} />;
      })}
      {nodes.map(({ id, x, y, title, subtitle, mainstat, color }) => (
        <g key={id} textAnchor="middle" fill={theme.colors.text.primary}>
          <circle cx={x} cy={y} r={RADIUS - 2} fill={theme.components.panel.background} stroke={color} strokeWidth="4" />
          <text x={x} y={y + 5} fontSize="12">{mainstat}</text>
          <text x={x} y={y + RADIUS + 15}>{shortened(title)}</text>
          <text x={x} y={y + RADIUS + 32} fontSize="12" fill={theme.colors.text.secondary}>{subtitle}</text>
        </g>
      ))}
    </svg>
  );
}

const extent = (values, margin) => [Math.min(...values) - margin, Math.max(...values) + margin];

const KINDS = { stat: Stat, bargauge: Bars, timeseries: Chart, table: Grid, geomap: Tiles, logs: Lines,
  nodeGraph: Graph };

function Panel({ panel, unit }) {
  const { x, y, w, h } = panel.gridPos;
  const place = { left: x * unit, top: y * (CELL + GAP), width: w * unit - GAP, height: h * (CELL + GAP) - GAP };
  if (panel.type === "row")
    return <div className="row" style={{ ...place, height: CELL }}>⌄ {panel.title}</div>;
  const Kind = KINDS[panel.type];
  const size = { width: place.width - 2 * PADDING - 2, height: place.height - TITLE - PADDING - 2 };
  let inside;
  try { inside = <Kind panel={panel} data={dressed(panel)} {...size} />; }
  catch (error) { inside = <pre>{String(error.stack)}</pre>; }
  return (
    <section className="panel" style={place}>
      <h2>{panel.title}</h2>
      <div className="inside">{inside}</div>
    </section>
  );
}

function Board() {
  const unit = (window.innerWidth - NAVIGATION - 2 * 16 + GAP) / COLUMNS;
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <nav className="side">{["⌂", "★", "▦", "⊚", "⚑", "⚙"].map((sign) => <i key={sign}>{sign}</i>)}</nav>
      <header><span>{label.path} › {dashboard.title}</span><span>{label.period}</span></header>
      <div className="choices">
        {label.choices.map(([name, value]) => <span key={name}><b>{name}</b><em>{value}</em></span>)}
        <u>{dashboard.links.map((link) => link.title).join("   ")}</u>
      </div>
      <main>{dashboard.panels.map((panel) => <Panel key={panel.id} panel={panel} unit={unit} />)}</main>
    </ThemeContext.Provider>
  );
}

const { background, text, border } = theme.colors;
const css = document.createElement("style");
css.textContent = `
  * { box-sizing: border-box }
  body { margin: 0; background: ${background.canvas}; color: ${text.primary}; font: 14px/1.5 ${theme.typography.fontFamily}; overflow: hidden }
  .side { position: fixed; inset: 0 auto 0 0; width: ${NAVIGATION - 1}px; background: ${background.primary};
    border-right: 1px solid ${border.weak}; padding-top: 14px }
  .side i { display: block; text-align: center; line-height: 42px; font-style: normal; color: ${text.secondary} }
  header, .choices { position: absolute; left: ${NAVIGATION + 16}px; right: 16px; height: 40px; line-height: 40px;
    display: flex; justify-content: space-between }
  .choices { top: 44px; justify-content: flex-start; gap: 16px } .choices u { margin-left: auto; text-decoration: none; white-space: pre }
  .choices b { font-weight: 500; background: ${background.secondary}; border: 1px solid ${border.weak}; padding: 5px 8px; font-size: 12px }
  .choices em { font-style: normal; background: ${background.primary}; border: 1px solid ${border.medium}; padding: 5px 8px; font-size: 12px }
  main { position: absolute; top: ${TOP}px; left: ${NAVIGATION + 16}px; right: 16px }
  .panel { position: absolute; box-sizing: border-box; background: ${background.primary}; border: 1px solid ${border.weak}; border-radius: 2px }
  .panel h2 { margin: 0; font: 500 14px/${TITLE}px ${theme.typography.fontFamily}; padding: 0 8px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
  .panel .inside { padding: 0 ${PADDING}px; overflow: hidden; height: calc(100% - ${TITLE}px) }
  .row { position: absolute; font-weight: 500; line-height: ${CELL}px }
  .nothing { height: 100%; display: grid; place-items: center; color: ${text.secondary}; font-size: 16px }
  .lines { font: 12px/1.6 monospace; overflow: hidden; height: 100% }`;
document.head.append(css);
window.addEventListener("error", (event) => console.error("page", event.message));
ReactDOM.render(<Board />, document.getElementById("root"), () => { document.title = "drawn"; });
