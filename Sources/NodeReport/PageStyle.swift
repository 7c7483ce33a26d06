/// What the page looks like: light, dark and in print.
enum PageStyle {
  /// Pools that a pointed-at legend entry can bring out: there is a rule for each.
  static let highlighted = 16

  /// The classes of a pool's devices: eight colours that people with the usual colour blindnesses tell apart, then the
  /// same with stripes.
  static func pool(_ index: Int) -> String {
    "c\(index % 8)\(index / 8 % 2 == 1 ? " striped" : "") m\(index)"
  }

  /// The SHA-256 of `sheet` in base64: browsers apply it, and no other style. A test says the right value.
  static let sheetHash = "Gdox5oMhahQ8HoChUtPp0GadGUJsq6BOJIy36qKrx1A="

  static let sheet = HTML.verbatim(
    """

    :root{color-scheme:light dark;--ground:#f4f5f7;--panel:#fff;--ink:#1b1f24;--soft:#5a6470;--line:#cfd5dc;
    --sick:#c8102e;--facts:#1b1f24;--factsink:#f4f5f7}
    @media (prefers-color-scheme:dark){:root{--ground:#14171b;--panel:#1d2126;--ink:#e6e9ed;--soft:#9aa4b0;
    --line:#3a424b;--sick:#ff6b7d;--facts:#e6e9ed;--factsink:#14171b}}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:110rem;padding:1.25rem 1.5rem 9rem;background:var(--ground);color:var(--ink);
    font:14px/1.4 system-ui,sans-serif}
    h1{font-size:1.4rem;margin:0}
    h2{font-size:1rem;margin:0 0 .6rem}
    h3{font-size:.8rem;font-weight:600;margin:0 0 .4rem;color:var(--soft)}
    header p{margin:.15rem 0;color:var(--soft);overflow-wrap:anywhere}
    .search{margin:.8rem 0 0;display:flex;gap:.8rem;align-items:center;flex-wrap:wrap}
    .search[hidden]{display:none}
    .search input{font:inherit;width:min(24rem,60vw);padding:.3rem .5rem;border:1px solid var(--soft);
    border-radius:5px;background:var(--panel);color:var(--ink)}
    .search input::placeholder{color:var(--soft);opacity:1}
    .pods{margin:0 0 1rem}
    .pods summary{cursor:pointer;font-weight:600}
    .pods ul{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(32rem,100%),1fr));gap:.3rem 1.2rem;
    margin-top:.4rem;max-height:12rem;overflow:auto}
    .pod{display:flex;gap:.5rem;align-items:baseline;min-width:0}
    .pod button{flex:none;max-width:50%}
    .pod button,.copy{font:inherit;font-size:13px;border:1px solid var(--soft);border-radius:5px;padding:.15rem .5rem;
    background:var(--panel);color:var(--ink);cursor:pointer;overflow-wrap:anywhere;text-align:left}
    .pod button[aria-pressed=true]{background:var(--ink);color:var(--ground)}
    .pod.spans small{color:var(--sick)}
    .picked main .cell:not(.hit){opacity:.18}
    small{color:var(--soft)}
    ul{list-style:none;margin:0;padding:0}
    .legend{display:flex;flex-wrap:wrap;gap:.35rem 1.4rem;margin:1rem 0;position:sticky;top:0;z-index:2;
    background:var(--ground);padding:.5rem 0;max-height:30vh;overflow:auto}
    .key{display:flex;align-items:center;gap:.45rem;border-radius:4px;padding:.1rem .3rem}
    .key .cell{width:20px;height:20px}
    main{display:flex;flex-wrap:wrap;gap:1.25rem;align-items:flex-start}
    .node{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:1rem;flex:0 1 auto;
    max-width:100%}
    .port{border-left:3px solid var(--line);padding:.1rem 0 .4rem .9rem;margin-bottom:.7rem}
    h4{font-size:.75rem;font-weight:600;margin:0 0 .3rem;color:var(--soft)}
    .card{border:1px solid var(--line);border-radius:10px;padding:.4rem .6rem .6rem}
    .functions{display:flex;flex-wrap:wrap;gap:.8rem}
    .function{position:relative;border:1px solid var(--line);border-radius:8px;padding:.6rem .7rem;max-width:34rem}
    .function::before{content:"";position:absolute;left:calc(-.9rem - 1px);top:1.5rem;width:.9rem;
    border-top:2px solid var(--line)}
    .functions .function:nth-child(n+2)::before,.card .function::before{display:none}
    .head{display:flex;gap:.6rem;align-items:flex-start;max-width:32rem}
    .head p{margin:0;display:flex;flex-direction:column}
    .head .cell{width:34px;height:34px;flex:none}
    .children{display:flex;flex-wrap:wrap;gap:4px;margin-top:.6rem;padding-top:.6rem;border-top:2px solid var(--line)}
    .cell{position:relative;width:27px;height:27px;border-radius:5px;display:flex;align-items:center;
    justify-content:center;font-size:11px;font-weight:600;font-variant-numeric:tabular-nums;cursor:default;
    background-color:var(--fill);color:var(--text);transition:opacity .15s}
    .free{background-color:transparent;color:var(--ink);border:1.5px dashed var(--soft)}
    .c0{--fill:#2f6db5;--text:#fff}.c1{--fill:#e0a100;--text:#000}.c2{--fill:#1b7a50;--text:#fff}
    .c3{--fill:#8b4bb3;--text:#fff}.c4{--fill:#69bfe8;--text:#000}.c5{--fill:#b5417d;--text:#fff}
    .c6{--fill:#80613d;--text:#fff}.c7{--fill:#9fb83c;--text:#000}
    .striped{background-image:repeating-linear-gradient(135deg,transparent 0 5px,rgb(0 0 0/.3) 5px 8px)}
    .striped:is(.c1,.c4,.c7){background-image:repeating-linear-gradient(135deg,transparent 0 5px,rgb(255 255 255/.5) 5px 8px)}
    .also{border-bottom:4px double var(--ink)}
    .sick{outline:2.5px solid var(--sick);outline-offset:-1px}
    .sick::before{content:"!";position:absolute;left:-5px;top:-6px;width:13px;height:13px;border-radius:50%;
    background:var(--sick);color:var(--panel);font:700 10px/13px system-ui,sans-serif;text-align:center}
    .used::after{content:"";position:absolute;right:-4px;bottom:-4px;width:9px;height:9px;border-radius:50%;
    background:var(--ink);border:2px solid var(--panel)}
    .cell:hover,.cell:focus-visible,.key:focus-visible{box-shadow:0 0 0 3px var(--ink);outline-width:0}
    .key:focus-visible{outline:none}
    .facts{display:none;position:fixed;left:0;right:0;bottom:0;min-height:7rem;margin:0;padding:.9rem 1.5rem;z-index:3;
    background:var(--facts);color:var(--factsink);font-weight:400;font-size:13px;grid-auto-rows:min-content;
    grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:.35rem 1.2rem;text-align:left}
    .facts div{min-width:0;overflow-wrap:anywhere}
    .facts dt{display:inline;opacity:.8}
    .facts dt::after{content:" "}
    .facts dd{display:inline;margin:0}
    .facts .id dd{font-weight:700}
    .cell:focus>.facts{display:grid}
    .cell:hover>.facts{display:grid;z-index:4}
    .cell.pinned{box-shadow:0 0 0 3px var(--ink)}
    .cell.pinned>.facts{display:grid;z-index:5;cursor:text;user-select:text;max-height:60vh;overflow:auto}
    .copy{position:fixed;right:1rem;bottom:1rem;z-index:6}
    .copy[hidden]{display:none}
    .none{font-size:1.1rem}
    .problems{margin-top:1.25rem;color:var(--ink)}
    .problems li{overflow-wrap:anywhere;margin:.2rem 0}
    body:has(.k0:is(:hover,:focus)) main .cell:not(.m0),body:has(.k1:is(:hover,:focus)) main .cell:not(.m1),
    body:has(.k2:is(:hover,:focus)) main .cell:not(.m2),body:has(.k3:is(:hover,:focus)) main .cell:not(.m3),
    body:has(.k4:is(:hover,:focus)) main .cell:not(.m4),body:has(.k5:is(:hover,:focus)) main .cell:not(.m5),
    body:has(.k6:is(:hover,:focus)) main .cell:not(.m6),body:has(.k7:is(:hover,:focus)) main .cell:not(.m7),
    body:has(.k8:is(:hover,:focus)) main .cell:not(.m8),body:has(.k9:is(:hover,:focus)) main .cell:not(.m9),
    body:has(.k10:is(:hover,:focus)) main .cell:not(.m10),body:has(.k11:is(:hover,:focus)) main .cell:not(.m11),
    body:has(.k12:is(:hover,:focus)) main .cell:not(.m12),body:has(.k13:is(:hover,:focus)) main .cell:not(.m13),
    body:has(.k14:is(:hover,:focus)) main .cell:not(.m14),body:has(.k15:is(:hover,:focus)) main .cell:not(.m15)
    {opacity:.18}
    main .cell:is(:hover,:focus,.pinned){opacity:1!important}
    @media (max-width:40rem){body{padding:.8rem .8rem 12rem}.legend{position:static;max-height:none}.node{padding:.7rem;width:100%}
    .port{padding-left:.5rem}.function{max-width:100%}.function::before{display:none}.cell{width:32px;height:32px}
    .facts{grid-template-columns:1fr 1fr;max-height:50vh;overflow:auto;padding:.7rem .8rem 3rem}}
    @media print{:root{color-scheme:light;--ground:#fff;--panel:#fff;--ink:#000;--soft:#444;--line:#999;--sick:#a00d25}
    *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
    .legend{position:static;max-height:none}body{padding:0;max-width:none}.search,.copy,.facts{display:none!important}
    .pods ul{max-height:none;grid-template-columns:1fr 1fr}.function,.legend,.pod{break-inside:avoid}}

    """)
}
