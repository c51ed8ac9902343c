// Built from frontend/ by scripts/build_panel. Do not edit.
var u5=Object.defineProperty;var c5=Object.getOwnPropertyDescriptor;var o=(L,H,C,V)=>{for(var M=V>1?void 0:V?c5(H,C):H,r=L.length-1,i;r>=0;r--)(i=L[r])&&(M=(V?i(H,C,M):i(M))||M);return V&&M&&u5(H,C,M),M};var l2="M7.41,8.58L12,13.17L16.59,8.58L18,10L12,16L6,10L7.41,8.58Z";var g1="M19,6.41L17.59,5L12,10.59L6.41,5L5,6.41L10.59,12L5,17.59L6.41,19L12,13.41L17.59,19L19,17.59L13.41,12L19,6.41Z";var f1="M9 14H2V16H9V19L13 15L9 11V14M15 13V10H22V8H15V5L11 9L15 13Z";var v2="M19,21H8V7H19M19,5H8A2,2 0 0,0 6,7V21A2,2 0 0,0 8,23H19A2,2 0 0,0 21,21V7A2,2 0 0,0 19,5M16,1H4A2,2 0 0,0 2,3V17H4V3H16V1Z";var x2="M19,4H15.5L14.5,3H9.5L8.5,4H5V6H19M6,19A2,2 0 0,0 8,21H16A2,2 0 0,0 18,19V7H6V19Z";var s2="M12,3C10.89,3 10,3.89 10,5H3V19H2V21H22V19H21V5C21,3.89 20.11,3 19,3H12M12,5H19V19H12V5M5,11H7V13H5V11Z";var Z2="M5,20H19V18H5M19,9H15V3H9V9H5L12,16L19,9Z";var u2="M7.5 2C9.5 2 11.1 3.2 11.7 5H21V8H18V11H15V8H11.7C11.1 9.8 9.4 11 7.5 11C5 11 3 9 3 6.5S5 2 7.5 2M7.5 5C6.7 5 6 5.7 6 6.5S6.7 8 7.5 8 9 7.3 9 6.5 8.3 5 7.5 5M7.5 13C9.5 13 11.1 14.2 11.7 16H21V19H20V22H18V19H16V22H13V19H11.7C11.1 20.8 9.4 22 7.5 22C5 22 3 20 3 17.5S5 13 7.5 13M7.5 16C6.7 16 6 16.7 6 17.5S6.7 19 7.5 19 9 18.3 9 17.5 8.3 16 7.5 16Z";var j1="M7.5 3C9.5 3 11.1 4.2 11.7 6H21V9H18V12H15V9H11.7C11.1 10.8 9.4 12 7.5 12C5 12 3 10 3 7.5S5 3 7.5 3M7.5 6C6.7 6 6 6.7 6 7.5S6.7 9 7.5 9 9 8.3 9 7.5 8.3 6 7.5 6M8 17H11V14H13V17H16V19H13V22H11V19H8V17Z";var c2="M22,18V22H18V19H15V16H12L9.74,13.74C9.19,13.91 8.61,14 8,14A6,6 0 0,1 2,8A6,6 0 0,1 8,2A6,6 0 0,1 14,8C14,8.61 13.91,9.19 13.74,9.74L22,18M7,5A2,2 0 0,0 5,7A2,2 0 0,0 7,9A2,2 0 0,0 9,7A2,2 0 0,0 7,5Z";var S2="M3,6H21V8H3V6M3,11H21V13H3V11M3,16H21V18H3V16Z";var h2="M14,19H18V5H14M6,19H10V5H6V19Z";var g2="M20.71,7.04C21.1,6.65 21.1,6 20.71,5.63L18.37,3.29C18,2.9 17.35,2.9 16.96,3.29L15.12,5.12L18.87,8.87M3,17.25V21H6.75L17.81,9.93L14.06,6.18L3,17.25Z";var f2="M8,5.14V19.14L19,12.14L8,5.14Z";var O2="M12,3L1,9L12,15L21,10.09V17H23V9M5,13.18V17.18L12,21L19,17.18V13.18L12,17L5,13.18Z";/**
 * @license
 * Copyright 2019 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var O1=globalThis,k1=O1.ShadowRoot&&(O1.ShadyCSS===void 0||O1.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,X1=Symbol(),k2=new WeakMap,m1=class{constructor(H,C,V){if(this._$cssResult$=!0,V!==X1)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=H,this.t=C}get styleSheet(){let H=this.o,C=this.t;if(k1&&H===void 0){let V=C!==void 0&&C.length===1;V&&(H=k2.get(C)),H===void 0&&((this.o=H=new CSSStyleSheet).replaceSync(this.cssText),V&&k2.set(C,H))}return H}toString(){return this.cssText}},y2=L=>new m1(typeof L=="string"?L:L+"",void 0,X1),v=(L,...H)=>{let C=L.length===1?L[0]:H.reduce((V,M,r)=>V+(i=>{if(i._$cssResult$===!0)return i.cssText;if(typeof i=="number")return i;throw Error("Value passed to 'css' function must be a 'css' function result: "+i+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(M)+L[r+1],L[0]);return new m1(C,L,X1)},b2=(L,H)=>{if(k1)L.adoptedStyleSheets=H.map(C=>C instanceof CSSStyleSheet?C:C.styleSheet);else for(let C of H){let V=document.createElement("style"),M=O1.litNonce;M!==void 0&&V.setAttribute("nonce",M),V.textContent=C.cssText,L.appendChild(V)}},Y1=k1?L=>L:L=>L instanceof CSSStyleSheet?(H=>{let C="";for(let V of H.cssRules)C+=V.cssText;return y2(C)})(L):L;/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var{is:S5,defineProperty:h5,getOwnPropertyDescriptor:g5,getOwnPropertyNames:f5,getOwnPropertySymbols:O5,getPrototypeOf:k5}=Object,y1=globalThis,w2=y1.trustedTypes,y5=w2?w2.emptyScript:"",b5=y1.reactiveElementPolyfillSupport,l1=(L,H)=>L,v1={toAttribute(L,H){switch(H){case Boolean:L=L?y5:null;break;case Object:case Array:L=L==null?L:JSON.stringify(L)}return L},fromAttribute(L,H){let C=L;switch(H){case Boolean:C=L!==null;break;case Number:C=L===null?null:Number(L);break;case Object:case Array:try{C=JSON.parse(L)}catch{C=null}}return C}},b1=(L,H)=>!S5(L,H),B2={attribute:!0,type:String,converter:v1,reflect:!1,useDefault:!1,hasChanged:b1};Symbol.metadata??=Symbol("metadata"),y1.litPropertyMetadata??=new WeakMap;var E=class extends HTMLElement{static addInitializer(H){this._$Ei(),(this.l??=[]).push(H)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(H,C=B2){if(C.state&&(C.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(H)&&((C=Object.create(C)).wrapped=!0),this.elementProperties.set(H,C),!C.noAccessor){let V=Symbol(),M=this.getPropertyDescriptor(H,V,C);M!==void 0&&h5(this.prototype,H,M)}}static getPropertyDescriptor(H,C,V){let{get:M,set:r}=g5(this.prototype,H)??{get(){return this[C]},set(i){this[C]=i}};return{get:M,set(i){let A=M?.call(this);r?.call(this,i),this.requestUpdate(H,A,V)},configurable:!0,enumerable:!0}}static getPropertyOptions(H){return this.elementProperties.get(H)??B2}static _$Ei(){if(this.hasOwnProperty(l1("elementProperties")))return;let H=k5(this);H.finalize(),H.l!==void 0&&(this.l=[...H.l]),this.elementProperties=new Map(H.elementProperties)}static finalize(){if(this.hasOwnProperty(l1("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(l1("properties"))){let C=this.properties,V=[...f5(C),...O5(C)];for(let M of V)this.createProperty(M,C[M])}let H=this[Symbol.metadata];if(H!==null){let C=litPropertyMetadata.get(H);if(C!==void 0)for(let[V,M]of C)this.elementProperties.set(V,M)}this._$Eh=new Map;for(let[C,V]of this.elementProperties){let M=this._$Eu(C,V);M!==void 0&&this._$Eh.set(M,C)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(H){let C=[];if(Array.isArray(H)){let V=new Set(H.flat(1/0).reverse());for(let M of V)C.unshift(Y1(M))}else H!==void 0&&C.push(Y1(H));return C}static _$Eu(H,C){let V=C.attribute;return V===!1?void 0:typeof V=="string"?V:typeof H=="string"?H.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(H=>this.enableUpdating=H),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(H=>H(this))}addController(H){(this._$EO??=new Set).add(H),this.renderRoot!==void 0&&this.isConnected&&H.hostConnected?.()}removeController(H){this._$EO?.delete(H)}_$E_(){let H=new Map,C=this.constructor.elementProperties;for(let V of C.keys())this.hasOwnProperty(V)&&(H.set(V,this[V]),delete this[V]);H.size>0&&(this._$Ep=H)}createRenderRoot(){let H=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return b2(H,this.constructor.elementStyles),H}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(H=>H.hostConnected?.())}enableUpdating(H){}disconnectedCallback(){this._$EO?.forEach(H=>H.hostDisconnected?.())}attributeChangedCallback(H,C,V){this._$AK(H,V)}_$ET(H,C){let V=this.constructor.elementProperties.get(H),M=this.constructor._$Eu(H,V);if(M!==void 0&&V.reflect===!0){let r=(V.converter?.toAttribute!==void 0?V.converter:v1).toAttribute(C,V.type);this._$Em=H,r==null?this.removeAttribute(M):this.setAttribute(M,r),this._$Em=null}}_$AK(H,C){let V=this.constructor,M=V._$Eh.get(H);if(M!==void 0&&this._$Em!==M){let r=V.getPropertyOptions(M),i=typeof r.converter=="function"?{fromAttribute:r.converter}:r.converter?.fromAttribute!==void 0?r.converter:v1;this._$Em=M;let A=i.fromAttribute(C,r.type);this[M]=A??this._$Ej?.get(M)??A,this._$Em=null}}requestUpdate(H,C,V,M=!1,r){if(H!==void 0){let i=this.constructor;if(M===!1&&(r=this[H]),V??=i.getPropertyOptions(H),!((V.hasChanged??b1)(r,C)||V.useDefault&&V.reflect&&r===this._$Ej?.get(H)&&!this.hasAttribute(i._$Eu(H,V))))return;this.C(H,C,V)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(H,C,{useDefault:V,reflect:M,wrapped:r},i){V&&!(this._$Ej??=new Map).has(H)&&(this._$Ej.set(H,i??C??this[H]),r!==!0||i!==void 0)||(this._$AL.has(H)||(this.hasUpdated||V||(C=void 0),this._$AL.set(H,C)),M===!0&&this._$Em!==H&&(this._$Eq??=new Set).add(H))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(C){Promise.reject(C)}let H=this.scheduleUpdate();return H!=null&&await H,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[M,r]of this._$Ep)this[M]=r;this._$Ep=void 0}let V=this.constructor.elementProperties;if(V.size>0)for(let[M,r]of V){let{wrapped:i}=r,A=this[M];i!==!0||this._$AL.has(M)||A===void 0||this.C(M,void 0,r,A)}}let H=!1,C=this._$AL;try{H=this.shouldUpdate(C),H?(this.willUpdate(C),this._$EO?.forEach(V=>V.hostUpdate?.()),this.update(C)):this._$EM()}catch(V){throw H=!1,this._$EM(),V}H&&this._$AE(C)}willUpdate(H){}_$AE(H){this._$EO?.forEach(C=>C.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(H)),this.updated(H)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(H){return!0}update(H){this._$Eq&&=this._$Eq.forEach(C=>this._$ET(C,this[C])),this._$EM()}updated(H){}firstUpdated(H){}};E.elementStyles=[],E.shadowRootOptions={mode:"open"},E[l1("elementProperties")]=new Map,E[l1("finalized")]=new Map,b5?.({ReactiveElement:E}),(y1.reactiveElementVersions??=[]).push("2.1.2");/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var C2=globalThis,T2=L=>L,w1=C2.trustedTypes,P2=w1?w1.createPolicy("lit-html",{createHTML:L=>L}):void 0,H2="$lit$",$=`lit$${Math.random().toFixed(9).slice(2)}$`,V2="?"+$,w5=`<${V2}>`,V1=document,s1=()=>V1.createComment(""),Z1=L=>L===null||typeof L!="object"&&typeof L!="function",L2=Array.isArray,D2=L=>L2(L)||typeof L?.[Symbol.iterator]=="function",J1=`[ 	
\f\r]`,x1=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,_2=/-->/g,R2=/>/g,C1=RegExp(`>|${J1}(?:([^\\s"'>=/]+)(${J1}*=${J1}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),F2=/'/g,E2=/"/g,N2=/^(?:script|style|textarea|title)$/i,M2=L=>(H,...C)=>({_$litType$:L,strings:H,values:C}),t=M2(1),d3=M2(2),p3=M2(3),D=Symbol.for("lit-noChange"),d=Symbol.for("lit-nothing"),$2=new WeakMap,H1=V1.createTreeWalker(V1,129);function W2(L,H){if(!L2(L)||!L.hasOwnProperty("raw"))throw Error("invalid template strings array");return P2!==void 0?P2.createHTML(H):H}var I2=(L,H)=>{let C=L.length-1,V=[],M,r=H===2?"<svg>":H===3?"<math>":"",i=x1;for(let A=0;A<C;A++){let p=L[A],Z,g,n=-1,c=0;for(;c<p.length&&(i.lastIndex=c,g=i.exec(p),g!==null);)c=i.lastIndex,i===x1?g[1]==="!--"?i=_2:g[1]!==void 0?i=R2:g[2]!==void 0?(N2.test(g[2])&&(M=RegExp("</"+g[2],"g")),i=C1):g[3]!==void 0&&(i=C1):i===C1?g[0]===">"?(i=M??x1,n=-1):g[1]===void 0?n=-2:(n=i.lastIndex-g[2].length,Z=g[1],i=g[3]===void 0?C1:g[3]==='"'?E2:F2):i===E2||i===F2?i=C1:i===_2||i===R2?i=x1:(i=C1,M=void 0);let u=i===C1&&L[A+1].startsWith("/>")?" ":"";r+=i===x1?p+w5:n>=0?(V.push(Z),p.slice(0,n)+H2+p.slice(n)+$+u):p+$+(n===-2?A:u)}return[W2(L,r+(L[C]||"<?>")+(H===2?"</svg>":H===3?"</math>":"")),V]},u1=class L{constructor({strings:H,_$litType$:C},V){let M;this.parts=[];let r=0,i=0,A=H.length-1,p=this.parts,[Z,g]=I2(H,C);if(this.el=L.createElement(Z,V),H1.currentNode=this.el.content,C===2||C===3){let n=this.el.content.firstChild;n.replaceWith(...n.childNodes)}for(;(M=H1.nextNode())!==null&&p.length<A;){if(M.nodeType===1){if(M.hasAttributes())for(let n of M.getAttributeNames())if(n.endsWith(H2)){let c=g[i++],u=M.getAttribute(n).split($),f=/([.?@])?(.*)/.exec(c);p.push({type:1,index:r,name:f[2],strings:u,ctor:f[1]==="."?T1:f[1]==="?"?P1:f[1]==="@"?_1:M1}),M.removeAttribute(n)}else n.startsWith($)&&(p.push({type:6,index:r}),M.removeAttribute(n));if(N2.test(M.tagName)){let n=M.textContent.split($),c=n.length-1;if(c>0){M.textContent=w1?w1.emptyScript:"";for(let u=0;u<c;u++)M.append(n[u],s1()),H1.nextNode(),p.push({type:2,index:++r});M.append(n[c],s1())}}}else if(M.nodeType===8)if(M.data===V2)p.push({type:2,index:r});else{let n=-1;for(;(n=M.data.indexOf($,n+1))!==-1;)p.push({type:7,index:r}),n+=$.length-1}r++}}static createElement(H,C){let V=V1.createElement("template");return V.innerHTML=H,V}};function L1(L,H,C=L,V){if(H===D)return H;let M=V!==void 0?C._$Co?.[V]:C._$Cl,r=Z1(H)?void 0:H._$litDirective$;return M?.constructor!==r&&(M?._$AO?.(!1),r===void 0?M=void 0:(M=new r(L),M._$AT(L,C,V)),V!==void 0?(C._$Co??=[])[V]=M:C._$Cl=M),M!==void 0&&(H=L1(L,M._$AS(L,H.values),M,V)),H}var B1=class{constructor(H,C){this._$AV=[],this._$AN=void 0,this._$AD=H,this._$AM=C}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(H){let{el:{content:C},parts:V}=this._$AD,M=(H?.creationScope??V1).importNode(C,!0);H1.currentNode=M;let r=H1.nextNode(),i=0,A=0,p=V[0];for(;p!==void 0;){if(i===p.index){let Z;p.type===2?Z=new i1(r,r.nextSibling,this,H):p.type===1?Z=new p.ctor(r,p.name,p.strings,this,H):p.type===6&&(Z=new R1(r,this,H)),this._$AV.push(Z),p=V[++A]}i!==p?.index&&(r=H1.nextNode(),i++)}return H1.currentNode=V1,M}p(H){let C=0;for(let V of this._$AV)V!==void 0&&(V.strings!==void 0?(V._$AI(H,V,C),C+=V.strings.length-2):V._$AI(H[C])),C++}},i1=class L{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(H,C,V,M){this.type=2,this._$AH=d,this._$AN=void 0,this._$AA=H,this._$AB=C,this._$AM=V,this.options=M,this._$Cv=M?.isConnected??!0}get parentNode(){let H=this._$AA.parentNode,C=this._$AM;return C!==void 0&&H?.nodeType===11&&(H=C.parentNode),H}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(H,C=this){H=L1(this,H,C),Z1(H)?H===d||H==null||H===""?(this._$AH!==d&&this._$AR(),this._$AH=d):H!==this._$AH&&H!==D&&this._(H):H._$litType$!==void 0?this.$(H):H.nodeType!==void 0?this.T(H):D2(H)?this.k(H):this._(H)}O(H){return this._$AA.parentNode.insertBefore(H,this._$AB)}T(H){this._$AH!==H&&(this._$AR(),this._$AH=this.O(H))}_(H){this._$AH!==d&&Z1(this._$AH)?this._$AA.nextSibling.data=H:this.T(V1.createTextNode(H)),this._$AH=H}$(H){let{values:C,_$litType$:V}=H,M=typeof V=="number"?this._$AC(H):(V.el===void 0&&(V.el=u1.createElement(W2(V.h,V.h[0]),this.options)),V);if(this._$AH?._$AD===M)this._$AH.p(C);else{let r=new B1(M,this),i=r.u(this.options);r.p(C),this.T(i),this._$AH=r}}_$AC(H){let C=$2.get(H.strings);return C===void 0&&$2.set(H.strings,C=new u1(H)),C}k(H){L2(this._$AH)||(this._$AH=[],this._$AR());let C=this._$AH,V,M=0;for(let r of H)M===C.length?C.push(V=new L(this.O(s1()),this.O(s1()),this,this.options)):V=C[M],V._$AI(r),M++;M<C.length&&(this._$AR(V&&V._$AB.nextSibling,M),C.length=M)}_$AR(H=this._$AA.nextSibling,C){for(this._$AP?.(!1,!0,C);H!==this._$AB;){let V=T2(H).nextSibling;T2(H).remove(),H=V}}setConnected(H){this._$AM===void 0&&(this._$Cv=H,this._$AP?.(H))}},M1=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(H,C,V,M,r){this.type=1,this._$AH=d,this._$AN=void 0,this.element=H,this.name=C,this._$AM=M,this.options=r,V.length>2||V[0]!==""||V[1]!==""?(this._$AH=Array(V.length-1).fill(new String),this.strings=V):this._$AH=d}_$AI(H,C=this,V,M){let r=this.strings,i=!1;if(r===void 0)H=L1(this,H,C,0),i=!Z1(H)||H!==this._$AH&&H!==D,i&&(this._$AH=H);else{let A=H,p,Z;for(H=r[0],p=0;p<r.length-1;p++)Z=L1(this,A[V+p],C,p),Z===D&&(Z=this._$AH[p]),i||=!Z1(Z)||Z!==this._$AH[p],Z===d?H=d:H!==d&&(H+=(Z??"")+r[p+1]),this._$AH[p]=Z}i&&!M&&this.j(H)}j(H){H===d?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,H??"")}},T1=class extends M1{constructor(){super(...arguments),this.type=3}j(H){this.element[this.name]=H===d?void 0:H}},P1=class extends M1{constructor(){super(...arguments),this.type=4}j(H){this.element.toggleAttribute(this.name,!!H&&H!==d)}},_1=class extends M1{constructor(H,C,V,M,r){super(H,C,V,M,r),this.type=5}_$AI(H,C=this){if((H=L1(this,H,C,0)??d)===D)return;let V=this._$AH,M=H===d&&V!==d||H.capture!==V.capture||H.once!==V.once||H.passive!==V.passive,r=H!==d&&(V===d||M);M&&this.element.removeEventListener(this.name,this,V),r&&this.element.addEventListener(this.name,this,H),this._$AH=H}handleEvent(H){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,H):this._$AH.handleEvent(H)}},R1=class{constructor(H,C,V){this.element=H,this.type=6,this._$AN=void 0,this._$AM=C,this.options=V}get _$AU(){return this._$AM._$AU}_$AI(H){L1(this,H)}},z2={M:H2,P:$,A:V2,C:1,L:I2,R:B1,D:D2,V:L1,I:i1,H:M1,N:P1,U:_1,B:T1,F:R1},B5=C2.litHtmlPolyfillSupport;B5?.(u1,i1),(C2.litHtmlVersions??=[]).push("3.3.3");var U2=(L,H,C)=>{let V=C?.renderBefore??H,M=V._$litPart$;if(M===void 0){let r=C?.renderBefore??null;V._$litPart$=M=new i1(H.insertBefore(s1(),r),r,void 0,C??{})}return M._$AI(L),M};/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var e2=globalThis,l=class extends E{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let H=super.createRenderRoot();return this.renderOptions.renderBefore??=H.firstChild,H}update(H){let C=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(H),this._$Do=U2(C,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return D}};l._$litElement$=!0,l.finalized=!0,e2.litElementHydrateSupport?.({LitElement:l});var T5=e2.litElementPolyfillSupport;T5?.({LitElement:l});(e2.litElementVersions??=[]).push("4.2.2");/**
 * @license
 * Copyright 2022 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 *//**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 *//**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var P5={attribute:!0,type:String,converter:v1,reflect:!1,hasChanged:b1},_5=(L=P5,H,C)=>{let{kind:V,metadata:M}=C,r=globalThis.litPropertyMetadata.get(M);if(r===void 0&&globalThis.litPropertyMetadata.set(M,r=new Map),V==="setter"&&((L=Object.create(L)).wrapped=!0),r.set(C.name,L),V==="accessor"){let{name:i}=C;return{set(A){let p=H.get.call(this);H.set.call(this,A),this.requestUpdate(i,p,L,!0,A)},init(A){return A!==void 0&&this.C(i,void 0,L,A),A}}}if(V==="setter"){let{name:i}=C;return function(A){let p=this[i];H.call(this,A),this.requestUpdate(i,p,L,!0,A)}}throw Error("Unsupported decorator location: "+V)};function a(L){return(H,C)=>typeof C=="object"?_5(L,H,C):((V,M,r)=>{let i=M.hasOwnProperty(r);return M.constructor.createProperty(r,V),i?Object.getOwnPropertyDescriptor(M,r):void 0})(L,H,C)}/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */function m(L){return a({...L,state:!0,attribute:!1})}/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 *//**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var e1=(L,H,C)=>(C.configurable=!0,C.enumerable=!0,Reflect.decorate&&typeof H!="object"&&Object.defineProperty(L,H,C),C);/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */function b(L,H){return(C,V,M)=>{let r=i=>i.renderRoot?.querySelector(L)??null;if(H){let{get:i,set:A}=typeof V=="object"?C:M??(()=>{let p=Symbol();return{get(){return this[p]},set(Z){this[p]=Z}}})();return e1(C,V,{get(){let p=i.call(this);return p===void 0&&(p=r(this),(p!==null||this.hasUpdated)&&A.call(this,p)),p}})}return e1(C,V,{get(){return r(this)}})}}/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 *//**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 *//**
 * @license
 * Copyright 2021 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 *//**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var G2={access_cell:"{key} in {area}: sieht {read}, steuert {control}",access_entity_heading:"Wer erreicht eine Entität?",access_entity_text:"Wähle eine Entität, um zu sehen, welche Schlüssel sie lesen oder steuern können und warum.",access_map_heading:"Schlüssel nach Bereichen",access_map_text:"Wie viele Entitäten jeder Schlüssel sieht und steuert. Öffne eine Zahl, um die Entitäten zu sehen.",access_no_keys:"Es gibt noch keine Schlüssel.",access_nobody:"Kein Schlüssel kann diese Entität lesen oder steuern.",access_who:"Zeigen, welche Schlüssel {name} erreichen",action:"Aktion",actions:"Aktionen",actions_one:"{count} Aktion auf der Liste",actions_other:"{count} Aktionen auf der Liste",activity_empty:"Noch ist nichts geschehen",activity_empty_hint:"Anfragen erscheinen hier, sobald Programme sie stellen. Abgelehnte Anfragen kannst du hier auch erlauben.",activity_none_match:"Kein Eintrag passt zum Filter.",add_key:"API-Schlüssel hinzufügen",address:"Adresse",adds:"Das kommt hinzu",all:"Alle",all_actions:"Alle geprüften Aktionen",all_areas:"Alle Bereiche",all_events:"Alle Ereignisse",all_keys:"Alle Schlüssel",allow:"Erlauben",allow_hour:"Eine Stunde erlauben",allowed:"„{name}“ wurde geändert. Dieselbe Anfrage ist jetzt erlaubt.",allowed_hour:"„{name}“ darf das eine Stunde lang.",allowed_now:"Der Schlüssel dürfte das jetzt",and_more_one:"und {count} weitere",and_more_other:"und {count} weitere",area:"Bereich",both:"Beide Schlüssel",broad:"Mit dieser Änderung kann „{name}“ mehr als diese eine Anfrage:",broad_heading:"Mehr als diese Anfrage erlauben?",cancel:"Abbrechen",capability_control:"Aktionen aufrufen",capability_dashboard:"Seiten von Home Assistant öffnen",capability_fire_event:"Ereignisse auslösen",capability_history:"Verlauf und Logbuch lesen",capability_images:"Bilder und Kamerastreams ansehen",capability_location:"Standort des Zuhauses lesen",capability_metrics:"Drawbridge-Metriken lesen",capability_read:"Zustände lesen",capability_set_state:"Zustände direkt setzen",capability_template:"Templates auswerten",chip_connected:"Gerade verbunden",chip_connections:"Gerade {count} Verbindungen",chip_damaged:"Beschädigt",chip_expired:"Abgelaufen",chip_expires_soon:"Läuft {when} ab",chip_learning:"Lernt",chip_never_used:"Nie verwendet",chip_off:"Aus",chip_temporary:"Zeitweise mehr",chip_temporary_until:"Mehr, endet {when}",close:"Schließen",column_from:"Von",column_key:"Schlüssel",column_outcome:"Ergebnis",column_time:"Zeit",column_what:"Was",compare:"Schlüssel vergleichen",compare_first:"Schlüssel",compare_second:"Mit",controls:"{control} gesteuert",copied:"{what} kopiert.",copy:"Kopieren: {what}",deed_event:"Ereignis {event}",deed_request:"Anfrage",edit:"Bearbeiten",entities:"Entitäten",entity:"Entität",entity_hint:"Name oder ID",entity_none:"Keine Entität gefunden",error_not_found:"Das gibt es nicht mehr.",error_not_loaded:"Drawbridge ist nicht eingerichtet oder wird neu geladen.",error_offline:"Die Verbindung zu Home Assistant ist unterbrochen. Versuche es wieder, wenn sie zurück ist.",error_timeout:"Home Assistant hat nicht rechtzeitig geantwortet.",error_unauthorized:"Nur Administratoren können die Seite von Drawbridge nutzen.",error_unknown:"Etwas ist schiefgegangen. Einzelheiten stehen im Protokoll von Home Assistant.",error_unknown_command:"Drawbridge startet noch oder ist nicht eingerichtet.",event:"Ereignis",expires:"Läuft ab",export_csv:"CSV",export_json:"JSON-Zeilen",export_title:"Die Liste herunterladen",hide:"Ausblenden",ignore:"Ignorieren",ignore_hint:"Solche Ablehnungen in diesem Browser ausblenden. Der Schlüssel bleibt, wie er ist.",ignore_none:"Nichts ignorieren",ignored_one:"{count} abgelehnte Anfrage wird in diesem Browser ignoriert.",ignored_other:"{count} abgelehnte Anfragen werden in diesem Browser ignoriert.",key_damaged:"Das Feld „{field}“ ist ungültig, daher ist der Schlüssel deaktiviert. Bearbeite oder lösche ihn.",key_deleted:"„{name}“ wurde gelöscht und funktioniert nicht mehr.",key_disabled:"„{name}“ ist deaktiviert.",key_enabled:"„{name}“ ist aktiviert.",key_restored:"„{name}“ ist zurück, mit demselben Geheimnis.",key_switch:"{name}: aktiviert",keys_empty:"Noch keine Schlüssel",keys_empty_hint:"Gib jedem Programm einen eigenen Schlüssel, nur mit dem Zugriff, den es braucht.",last_used:"Zuletzt verwendet",limit:"Grenze",loading:"Wird geladen…",may:"Darf",menu:"Seitenleiste öffnen",missed_one:"{count} Eintrag fehlt, weil es zu viele auf einmal waren.",missed_other:"{count} Einträge fehlen, weil es zu viele auf einmal waren.",never:"Nie",no_area:"Kein Bereich",no_key:"Ohne gültigen Schlüssel",not_copied:"Der Browser erlaubt das Kopieren nicht. Markiere den Text und kopiere ihn.",nothing:"Nichts",offline:"Die Verbindung zu Home Assistant ist unterbrochen. Sie wird wiederhergestellt…",only:"Nur „{name}“",open_settings:"Einstellungen von Drawbridge öffnen",operation_calendars:"Kalender",operation_config:"Konfiguration",operation_events:"Ereignisse",operation_events_fire:"Ein Ereignis auslösen",operation_history:"Verlauf",operation_images:"Bild",operation_images_camera_stream:"Kamerastream",operation_key:"Über den Schlüssel selbst",operation_logbook:"Logbuch",operation_metrics:"Metriken",operation_networks:"Schlüssel verwendet",operation_pages:"Seiten von Home Assistant",operation_registries:"Verzeichnisse",operation_services:"Aktionen",operation_services_call:"Eine Aktion aufrufen",operation_sessions:"Anmeldung",operation_states:"Zustände lesen",operation_states_follow:"Zustände verfolgen",operation_states_read:"Einen Zustand lesen",operation_states_remove:"Einen Zustand entfernen",operation_states_set:"Einen Zustand setzen",operation_statistics:"Statistik",operation_templates:"Template",operation_todo:"Aufgabenliste",operation_weather:"Wettervorhersage",outcome_allowed:"Erlaubt",outcome_failed:"Fehlgeschlagen",outcome_refused:"Abgelehnt",overlap:"Altes Geheimnis behalten",overlap_day:"1 Tag",overlap_hour:"1 Stunde",overlap_none:"Gar nicht",overlap_week:"1 Woche",pause:"Anhalten",paused:"Die Liste ist angehalten.",permission:"Berechtigung",proposal_heading:"Was „{name}“ braucht",proposal_keep_scope:"Das Programm liest alle Entitäten auf einmal, daher gilt keine als unbenutzt.",proposal_left_out:"Verwendet, aber nicht Teil des Vorschlags, weil es mehr erlauben würde",proposal_none:"Das Programm hat im Lernmodus noch keine Anfragen gestellt.",proposal_refused:"Abgelehnt und nicht Teil des Vorschlags",proposal_requests_one:"{count} Anfrage seit {since}.",proposal_requests_other:"{count} Anfragen seit {since}.",proposal_review:"In den Einstellungen ansehen",proposal_unused:"Nicht verwendet",proposal_used:"Verwendet",reads:"{read} sichtbar",reason_administrator:"Nur für Administratoren",reason_bad_request:"Ungültige Anfrage",reason_busy:"Zu viele Anfragen gleichzeitig",reason_camera_off:"Die Kamera ist aus",reason_capability:"Dem Schlüssel fehlt die Berechtigung",reason_certificate:"Ohne das Client-Zertifikat des Schlüssels",reason_event:"Das Ereignis steht nicht auf der Liste des Schlüssels",reason_event_scope:"Das Ereignis nennt etwas, das der Schlüssel nicht sieht",reason_failed:"In Home Assistant fehlgeschlagen",reason_grant:"Die Sitzung ist vorbei",reason_internal:"Fehler in Drawbridge",reason_key_ambiguous:"Mehr als ein Schlüssel wurde gesendet",reason_key_changed:"Der Schlüssel wurde während der Anfrage geändert",reason_key_disabled:"Der Schlüssel ist deaktiviert",reason_key_expired:"Der Schlüssel ist abgelaufen",reason_key_malformed:"Der Schlüssel ist unvollständig oder ungültig",reason_key_missing:"Kein Schlüssel wurde gesendet",reason_key_session_over:"Die Sitzung ist vorbei",reason_key_unknown:"Unbekannter Schlüssel",reason_locked_out:"Die Adresse ist ausgesperrt",reason_network:"Die Adresse ist dem Schlüssel nicht erlaubt",reason_new_network:"Erste Verwendung aus diesem Netzwerk",reason_origin:"Die Webseite ist dem Schlüssel nicht erlaubt",reason_rate_limited:"Zu viele Anfragen",reason_scope:"Für den Schlüssel nicht sichtbar",reason_service:"Die Aktion ist nicht erlaubt",reason_service_scope:"Die Aktion oder eine Entität ist nicht erlaubt",reason_approval_denied:"Eine Person hat es abgelehnt",reason_approval_timed_out:"Niemand hat es rechtzeitig genehmigt",reason_approvals_pending:"Zu viele Aufrufe warten auf eine Genehmigung",reason_template_budget:"Die Templates brauchten zu viel Zeit",reason_template_busy:"Ein anderes Template wird gerade ausgewertet",reason_template_function:"Das Template verwendet eine verbotene Funktion",reason_template_scope:"Das Template fragt nach etwas, das der Schlüssel nicht sieht",reason_timed_out:"Home Assistant hat nicht rechtzeitig geantwortet",reason_too_large:"Die Anfrage ist zu groß",reason_too_many_connections:"Zu viele Verbindungen",reason_too_many_states:"Der Schlüssel hat zu viele Zustände angelegt",reason_too_many_subscriptions:"Zu viele Abonnements",reason_unavailable:"Drawbridge war nicht bereit",reason_unfinished:"Zu viele Aufrufe laufen noch",reason_unread:"Der Client liest seine Antworten nicht",reason_upgrade_required:"Keine WebSocket-Anfrage",request:"Anfrage",request_id:"Anfrage-ID",resume:"Fortsetzen",retry:"Erneut versuchen",right_control:"Steuert",right_history:"Liest Verlauf",right_none:"Kein Zugriff",right_read:"Sieht",rotate_heading:"Geheimnis von „{name}“ ersetzen",rotate_text:"Der Schlüssel bekommt ein neues Geheimnis. Seine Berechtigungen bleiben gleich.",search:"Entität oder Text",search_hint:"Flurlicht",secret:"Geheimnis",secret_done:"Ich habe es kopiert",secret_once:"Kopiere das Geheimnis jetzt. Es wird nicht noch einmal angezeigt.",sees:"Sieht",sees_everything:"Alles nicht Ausgeschlossene ({count})",sees_one:"{count} Entität",sees_other:"{count} Entitäten",show:"Anzeigen",show_more:"Mehr anzeigen",showing:"{shown} von {all}",smallest_change:"Die kleinste Änderung, die das erlaubt",tab_access:"Zugriff",tab_activity:"Aktivität",tab_keys:"Schlüssel",task_compare:"Vergleichen",task_delete:"Löschen",task_proposal:"Was er braucht",task_rotate:"Geheimnis ersetzen",try_it:"Ausprobieren",undo:"Rückgängig",waiting_one:"{count} neuer Eintrag wartet.",waiting_other:"{count} neue Einträge warten.",why:"Warum es abgelehnt wurde"};var F1={access_cell:"{key} in {area}: sees {read}, controls {control}",access_entity_heading:"Who can reach an entity?",access_entity_text:"Choose an entity to see which keys can read or control it, and why.",access_map_heading:"Keys by area",access_map_text:"The number of entities that each key sees and controls. Open a number to see the entities.",access_no_keys:"There are no keys yet.",access_nobody:"No key can read or control this entity.",access_who:"Show which keys can reach {name}",action:"Action",actions:"Actions",actions_one:"{count} listed action",actions_other:"{count} listed actions",activity_empty:"Nothing has happened yet",activity_empty_hint:"Requests appear here as programs make them. Refused requests can be allowed here too.",activity_none_match:"No entry matches the filter.",add_key:"Add API key",address:"Address",adds:"This adds",all:"All",all_actions:"All reviewed actions",all_areas:"All areas",all_events:"All events",all_keys:"All keys",allow:"Allow",allow_hour:"Allow for an hour",allowed:"“{name}” was changed. The same request is allowed now.",allowed_hour:"“{name}” may do this for one hour.",allowed_now:"The key would be allowed to do this now",and_more_one:"and {count} more",and_more_other:"and {count} more",area:"Area",both:"Both keys",broad:"With this change, “{name}” can do more than this one request:",broad_heading:"Allow more than this request?",cancel:"Cancel",capability_control:"Call actions",capability_dashboard:"Open Home Assistant's own pages",capability_fire_event:"Fire events",capability_history:"Read history and logbook",capability_images:"View images and camera streams",capability_location:"Read the home location",capability_metrics:"Read Drawbridge metrics",capability_read:"Read states",capability_set_state:"Set states directly",capability_template:"Render templates",chip_connected:"Connected now",chip_connections:"{count} connections now",chip_damaged:"Damaged",chip_expired:"Expired",chip_expires_soon:"Expires {when}",chip_learning:"Learning",chip_never_used:"Never used",chip_off:"Off",chip_temporary:"More for a while",chip_temporary_until:"More, ends {when}",close:"Close",column_from:"From",column_key:"Key",column_outcome:"Outcome",column_time:"Time",column_what:"What",compare:"Compare keys",compare_first:"Key",compare_second:"With",controls:"{control} controlled",copied:"{what} copied.",copy:"Copy: {what}",deed_event:"Event {event}",deed_request:"Request",edit:"Edit",entities:"Entities",entity:"Entity",entity_hint:"Name or ID",entity_none:"No entity found",error_not_found:"This does not exist anymore.",error_not_loaded:"Drawbridge is not set up, or is being reloaded.",error_offline:"The connection to Home Assistant was lost. Try again when it is back.",error_timeout:"Home Assistant did not answer in time.",error_unauthorized:"Only administrators can use Drawbridge's panel.",error_unknown:"Something went wrong. See Home Assistant's log for details.",error_unknown_command:"Drawbridge is still starting, or is not set up.",event:"Event",expires:"Expires",export_csv:"CSV",export_json:"JSON lines",export_title:"Download the list",hide:"Hide",ignore:"Ignore",ignore_hint:"Hide refusals like this one in this browser. The key stays as it is.",ignore_none:"Ignore none",ignored_one:"{count} refused request is ignored in this browser.",ignored_other:"{count} refused requests are ignored in this browser.",key_damaged:"The field “{field}” is invalid, so the key is disabled. Edit or delete the key.",key_deleted:"“{name}” was deleted. It stopped working.",key_disabled:"“{name}” is disabled.",key_enabled:"“{name}” is enabled.",key_restored:"“{name}” is back, with the same secret.",key_switch:"{name}: enabled",keys_empty:"No keys yet",keys_empty_hint:"Give each program a key of its own, with access to only what it needs.",last_used:"Last used",limit:"Limit",loading:"Loading…",may:"May",menu:"Open the sidebar",missed_one:"{count} entry is missing, because there were too many at once.",missed_other:"{count} entries are missing, because there were too many at once.",never:"Never",no_area:"No area",no_key:"Without a valid key",not_copied:"The browser does not allow copying. Select the text and copy it.",nothing:"Nothing",offline:"The connection to Home Assistant was lost. Reconnecting…",only:"Only “{name}”",open_settings:"Open Drawbridge's settings",operation_calendars:"Calendar",operation_config:"Configuration",operation_events:"Events",operation_events_fire:"Fire an event",operation_history:"History",operation_images:"Image",operation_images_camera_stream:"Camera stream",operation_key:"About the key itself",operation_logbook:"Logbook",operation_metrics:"Metrics",operation_networks:"Key used",operation_pages:"Home Assistant's own pages",operation_registries:"Registries",operation_services:"Actions",operation_services_call:"Call an action",operation_sessions:"Sign-in",operation_states:"Read states",operation_states_follow:"Follow states",operation_states_read:"Read a state",operation_states_remove:"Remove a state",operation_states_set:"Set a state",operation_statistics:"Statistics",operation_templates:"Template",operation_todo:"To-do list",operation_weather:"Weather forecast",outcome_allowed:"Allowed",outcome_failed:"Failed",outcome_refused:"Refused",overlap:"Keep the old secret for",overlap_day:"1 day",overlap_hour:"1 hour",overlap_none:"Not at all",overlap_week:"1 week",pause:"Pause",paused:"The list is paused.",permission:"Permission",proposal_heading:"What “{name}” needs",proposal_keep_scope:"The program reads all entities at once, so none of them counts as unused.",proposal_left_out:"Used, but not part of the proposal, because it would allow more",proposal_none:"The program has made no requests in learn mode yet.",proposal_refused:"Refused, and not part of the proposal",proposal_requests_one:"{count} request since {since}.",proposal_requests_other:"{count} requests since {since}.",proposal_review:"Review in the settings",proposal_unused:"Not used",proposal_used:"Used",reads:"{read} seen",reason_administrator:"For administrators only",reason_bad_request:"Invalid request",reason_busy:"Too many requests at once",reason_camera_off:"The camera is off",reason_capability:"The key lacks the permission",reason_certificate:"Without the key's client certificate",reason_event:"The event is not on the key's list",reason_event_scope:"The event names something out of scope",reason_failed:"Failed in Home Assistant",reason_grant:"The session is over",reason_internal:"Error in Drawbridge",reason_key_ambiguous:"More than one key was sent",reason_key_changed:"The key was changed during the request",reason_key_disabled:"The key is disabled",reason_key_expired:"The key has expired",reason_key_malformed:"The key is incomplete or malformed",reason_key_missing:"No key was sent",reason_key_session_over:"The session is over",reason_key_unknown:"Unknown key",reason_locked_out:"The address is locked out",reason_network:"The address is not allowed for the key",reason_new_network:"First use from this network",reason_origin:"The web page is not allowed for the key",reason_rate_limited:"Too many requests",reason_scope:"Out of the key's scope",reason_service:"The action is not allowed",reason_service_scope:"The action or an entity is not allowed",reason_approval_denied:"A person denied it",reason_approval_timed_out:"Nobody approved it in time",reason_approvals_pending:"Too many calls wait for an approval",reason_template_budget:"The templates took too much time",reason_template_busy:"Another template is being rendered",reason_template_function:"The template uses a forbidden function",reason_template_scope:"The template asks for something out of scope",reason_timed_out:"Home Assistant did not answer in time",reason_too_large:"The request is too large",reason_too_many_connections:"Too many connections",reason_too_many_states:"The key has created too many states",reason_too_many_subscriptions:"Too many subscriptions",reason_unavailable:"Drawbridge was not ready",reason_unfinished:"Too many calls are still running",reason_unread:"The client does not read its responses",reason_upgrade_required:"Not a WebSocket request",request:"Request",request_id:"Request ID",resume:"Resume",retry:"Try again",right_control:"Controls",right_history:"Reads history",right_none:"No access",right_read:"Sees",rotate_heading:"Replace the secret of “{name}”",rotate_text:"The key gets a new secret. Its permissions stay as they are.",search:"Entity or text",search_hint:"Hall light",secret:"Secret",secret_done:"I have copied it",secret_once:"Copy the secret now. It is not shown again.",sees:"Sees",sees_everything:"Everything not excluded ({count})",sees_one:"{count} entity",sees_other:"{count} entities",show:"Show",show_more:"Show more",showing:"{shown} of {all}",smallest_change:"The smallest change that allows it",tab_access:"Access",tab_activity:"Activity",tab_keys:"Keys",task_compare:"Compare",task_delete:"Delete",task_proposal:"What it needs",task_rotate:"Replace secret",try_it:"Try it",undo:"Undo",waiting_one:"{count} new entry is waiting.",waiting_other:"{count} new entries are waiting.",why:"Why it was refused"};var Q2={access_cell:"{key} in {area}: ziet {read}, bedient {control}",access_entity_heading:"Wie kan bij een entiteit?",access_entity_text:"Kies een entiteit om te zien welke sleutels haar kunnen lezen of bedienen, en waarom.",access_map_heading:"Sleutels per ruimte",access_map_text:"Het aantal entiteiten dat elke sleutel ziet en bedient. Open een aantal om de entiteiten te zien.",access_no_keys:"Er zijn nog geen sleutels.",access_nobody:"Geen enkele sleutel kan deze entiteit lezen of bedienen.",access_who:"Toon welke sleutels bij {name} kunnen",action:"Actie",actions:"Acties",actions_one:"{count} actie op de lijst",actions_other:"{count} acties op de lijst",activity_empty:"Er is nog niets gebeurd",activity_empty_hint:"Verzoeken verschijnen hier zodra programma's ze doen. Geweigerde verzoeken kun je hier ook toestaan.",activity_none_match:"Niets past bij het filter.",add_key:"API-sleutel toevoegen",address:"Adres",adds:"Dit voegt toe",all:"Alles",all_actions:"Alle beoordeelde acties",all_areas:"Alle ruimtes",all_events:"Alle gebeurtenissen",all_keys:"Alle sleutels",allow:"Toestaan",allow_hour:"Een uur toestaan",allowed:"“{name}” is gewijzigd. Hetzelfde verzoek is nu toegestaan.",allowed_hour:"“{name}” mag dit een uur lang.",allowed_now:"De sleutel zou dit nu mogen",and_more_one:"en nog {count}",and_more_other:"en nog {count}",area:"Ruimte",both:"Beide sleutels",broad:"Met deze wijziging kan “{name}” meer dan alleen dit verzoek:",broad_heading:"Meer toestaan dan dit verzoek?",cancel:"Annuleren",capability_control:"Acties aanroepen",capability_dashboard:"Pagina's van Home Assistant openen",capability_fire_event:"Gebeurtenissen sturen",capability_history:"Geschiedenis en logboek lezen",capability_images:"Afbeeldingen en camerabeelden bekijken",capability_location:"Locatie van het huis lezen",capability_metrics:"Drawbridge-statistieken lezen",capability_read:"Toestanden lezen",capability_set_state:"Toestanden rechtstreeks zetten",capability_template:"Sjablonen uitwerken",chip_connected:"Nu verbonden",chip_connections:"Nu {count} verbindingen",chip_damaged:"Beschadigd",chip_expired:"Verlopen",chip_expires_soon:"Verloopt {when}",chip_learning:"Leert",chip_never_used:"Nooit gebruikt",chip_off:"Uit",chip_temporary:"Tijdelijk meer",chip_temporary_until:"Meer, eindigt {when}",close:"Sluiten",column_from:"Vanaf",column_key:"Sleutel",column_outcome:"Resultaat",column_time:"Tijd",column_what:"Wat",compare:"Sleutels vergelijken",compare_first:"Sleutel",compare_second:"Met",controls:"{control} bediend",copied:"{what} gekopieerd.",copy:"Kopiëren: {what}",deed_event:"Gebeurtenis {event}",deed_request:"Verzoek",edit:"Bewerken",entities:"Entiteiten",entity:"Entiteit",entity_hint:"Naam of ID",entity_none:"Geen entiteit gevonden",error_not_found:"Dit bestaat niet meer.",error_not_loaded:"Drawbridge is niet ingesteld of wordt opnieuw geladen.",error_offline:"De verbinding met Home Assistant is verbroken. Probeer het opnieuw als ze er weer is.",error_timeout:"Home Assistant antwoordde niet op tijd.",error_unauthorized:"Alleen beheerders kunnen het paneel van Drawbridge gebruiken.",error_unknown:"Er ging iets mis. Zie het logboek van Home Assistant.",error_unknown_command:"Drawbridge start nog of is niet ingesteld.",event:"Gebeurtenis",expires:"Verloopt",export_csv:"CSV",export_json:"JSON-regels",export_title:"De lijst downloaden",hide:"Verbergen",ignore:"Negeren",ignore_hint:"Verberg zulke weigeringen in deze browser. De sleutel blijft zoals hij is.",ignore_none:"Niets negeren",ignored_one:"{count} geweigerd verzoek wordt in deze browser genegeerd.",ignored_other:"{count} geweigerde verzoeken worden in deze browser genegeerd.",key_damaged:"Het veld “{field}” is ongeldig, dus de sleutel is uitgeschakeld. Bewerk of verwijder hem.",key_deleted:"“{name}” is verwijderd en werkt niet meer.",key_disabled:"“{name}” is uitgeschakeld.",key_enabled:"“{name}” is ingeschakeld.",key_restored:"“{name}” is terug, met hetzelfde geheim.",key_switch:"{name}: ingeschakeld",keys_empty:"Nog geen sleutels",keys_empty_hint:"Geef elk programma een eigen sleutel, met alleen de toegang die het nodig heeft.",last_used:"Laatst gebruikt",limit:"Limiet",loading:"Laden…",may:"Mag",menu:"Zijbalk openen",missed_one:"Er ontbreekt {count} regel, omdat het er te veel tegelijk waren.",missed_other:"Er ontbreken {count} regels, omdat het er te veel tegelijk waren.",never:"Nooit",no_area:"Geen ruimte",no_key:"Zonder geldige sleutel",not_copied:"De browser staat kopiëren niet toe. Selecteer de tekst en kopieer hem.",nothing:"Niets",offline:"De verbinding met Home Assistant is verbroken. Opnieuw verbinden…",only:"Alleen “{name}”",open_settings:"Instellingen van Drawbridge openen",operation_calendars:"Agenda",operation_config:"Configuratie",operation_events:"Gebeurtenissen",operation_events_fire:"Een gebeurtenis sturen",operation_history:"Geschiedenis",operation_images:"Afbeelding",operation_images_camera_stream:"Camerabeeld",operation_key:"Over de sleutel zelf",operation_logbook:"Logboek",operation_metrics:"Statistieken van Drawbridge",operation_networks:"Sleutel gebruikt",operation_pages:"Pagina's van Home Assistant",operation_registries:"Registers",operation_services:"Acties",operation_services_call:"Een actie aanroepen",operation_sessions:"Aanmelden",operation_states:"Toestanden lezen",operation_states_follow:"Toestanden volgen",operation_states_read:"Een toestand lezen",operation_states_remove:"Een toestand verwijderen",operation_states_set:"Een toestand zetten",operation_statistics:"Statistieken",operation_templates:"Sjabloon",operation_todo:"Takenlijst",operation_weather:"Weersverwachting",outcome_allowed:"Toegestaan",outcome_failed:"Mislukt",outcome_refused:"Geweigerd",overlap:"Het oude geheim behouden",overlap_day:"1 dag",overlap_hour:"1 uur",overlap_none:"Helemaal niet",overlap_week:"1 week",pause:"Pauzeren",paused:"De lijst staat stil.",permission:"Recht",proposal_heading:"Wat “{name}” nodig heeft",proposal_keep_scope:"Het programma leest alle entiteiten tegelijk, dus geen ervan telt als ongebruikt.",proposal_left_out:"Gebruikt, maar geen deel van het voorstel, omdat het meer zou toestaan",proposal_none:"Het programma heeft in de leermodus nog geen verzoeken gedaan.",proposal_refused:"Geweigerd, en geen deel van het voorstel",proposal_requests_one:"{count} verzoek sinds {since}.",proposal_requests_other:"{count} verzoeken sinds {since}.",proposal_review:"In de instellingen bekijken",proposal_unused:"Niet gebruikt",proposal_used:"Gebruikt",reads:"{read} gezien",reason_administrator:"Alleen voor beheerders",reason_bad_request:"Ongeldig verzoek",reason_busy:"Te veel verzoeken tegelijk",reason_camera_off:"De camera staat uit",reason_capability:"De sleutel mist het recht",reason_certificate:"Zonder het clientcertificaat van de sleutel",reason_event:"De gebeurtenis staat niet op de lijst van de sleutel",reason_event_scope:"De gebeurtenis noemt iets buiten het bereik",reason_failed:"Mislukt in Home Assistant",reason_grant:"De sessie is voorbij",reason_internal:"Fout in Drawbridge",reason_key_ambiguous:"Er is meer dan één sleutel gestuurd",reason_key_changed:"De sleutel is tijdens het verzoek gewijzigd",reason_key_disabled:"De sleutel is uitgeschakeld",reason_key_expired:"De sleutel is verlopen",reason_key_malformed:"De sleutel is onvolledig of ongeldig",reason_key_missing:"Er is geen sleutel gestuurd",reason_key_session_over:"De sessie is voorbij",reason_key_unknown:"Onbekende sleutel",reason_locked_out:"Het adres is buitengesloten",reason_network:"Het adres is niet toegestaan voor de sleutel",reason_new_network:"Eerste gebruik vanuit dit netwerk",reason_origin:"De webpagina is niet toegestaan voor de sleutel",reason_rate_limited:"Te veel verzoeken",reason_scope:"Buiten het bereik van de sleutel",reason_service:"De actie is niet toegestaan",reason_service_scope:"De actie of een entiteit is niet toegestaan",reason_approval_denied:"Iemand heeft het geweigerd",reason_approval_timed_out:"Niemand heeft het op tijd goedgekeurd",reason_approvals_pending:"Te veel aanroepen wachten op goedkeuring",reason_template_budget:"De sjablonen kostten te veel tijd",reason_template_busy:"Er wordt al een sjabloon uitgewerkt",reason_template_function:"Het sjabloon gebruikt een verboden functie",reason_template_scope:"Het sjabloon vraagt iets buiten het bereik",reason_timed_out:"Home Assistant antwoordde niet op tijd",reason_too_large:"Het verzoek is te groot",reason_too_many_connections:"Te veel verbindingen",reason_too_many_states:"De sleutel heeft te veel toestanden gemaakt",reason_too_many_subscriptions:"Te veel abonnementen",reason_unavailable:"Drawbridge was niet gereed",reason_unfinished:"Er lopen nog te veel aanroepen",reason_unread:"De client leest zijn antwoorden niet",reason_upgrade_required:"Geen WebSocket-verzoek",request:"Verzoek",request_id:"Verzoek-ID",resume:"Hervatten",retry:"Opnieuw proberen",right_control:"Bedient",right_history:"Leest geschiedenis",right_none:"Geen toegang",right_read:"Ziet",rotate_heading:"Geheim van “{name}” vervangen",rotate_text:"De sleutel krijgt een nieuw geheim. De rechten blijven gelijk.",search:"Entiteit of tekst",search_hint:"Ganglamp",secret:"Geheim",secret_done:"Ik heb het gekopieerd",secret_once:"Kopieer het geheim nu. Het wordt niet opnieuw getoond.",sees:"Ziet",sees_everything:"Alles wat niet is uitgesloten ({count})",sees_one:"{count} entiteit",sees_other:"{count} entiteiten",show:"Tonen",show_more:"Meer tonen",showing:"{shown} van {all}",smallest_change:"De kleinste wijziging die dit toestaat",tab_access:"Toegang",tab_activity:"Activiteit",tab_keys:"Sleutels",task_compare:"Vergelijken",task_delete:"Verwijderen",task_proposal:"Wat hij nodig heeft",task_rotate:"Geheim vervangen",try_it:"Probeer het",undo:"Ongedaan maken",waiting_one:"{count} nieuwe regel wacht.",waiting_other:"{count} nieuwe regels wachten.",why:"Waarom het is geweigerd"};var R5={en:F1,de:G2,nl:Q2},i2=F1,o1="en",r2,t2;function K2(L){o1=L.locale.language,i2=R5[o1.split("-")[0]??""]??F1,r2={12:!0,24:!1}[F5(L.locale)],t2=L.locale.time_zone==="server"?L.config.time_zone:void 0}function F5(L){return L.time_format??"language"}function e(L,H={}){return i2[L].replaceAll(/\{(\w+)\}/g,(C,V)=>String(H[V]??C))}function O(L,H,C={}){let V=new Intl.PluralRules(o1).select(H)==="one"?"one":"other";return e(`${L}_${V}`,{count:y(H),...C})}function $1(L,H){let C=`${L}_${H}`;return C in i2?e(C):void 0}function w(L,H){return $1(L,H)??H.replaceAll("_"," ")}function y(L){return L.toLocaleString(o1)}function E1(L,H){let C={...H,...H.hour!==void 0&&r2!==void 0?{hour12:r2}:{},...t2===void 0?{}:{timeZone:t2}};return new Intl.DateTimeFormat(o1,C).format(L*1e3)}function q2(L){let H=E1(L,{hour:"numeric",minute:"2-digit",second:"2-digit"}),C=V=>E1(V,{year:"numeric",month:"numeric",day:"numeric"});return C(L)===C(Date.now()/1e3)?H:`${E1(L,{month:"short",day:"numeric"})}, ${H}`}function r1(L){return E1(L,{dateStyle:"medium",timeStyle:"short"})}var E5=[["day",86400],["hour",3600],["minute",60]];function c1(L){let H=L-Date.now()/1e3,[C,V]=E5.find(([,M])=>Math.abs(H)>=M)??["second",1];return new Intl.RelativeTimeFormat(o1,{numeric:"auto"}).format(Math.trunc(H/V),C)}var $5={unauthorized:"error_unauthorized",not_loaded:"error_not_loaded",not_found:"error_not_found",unknown_command:"error_unknown_command",timeout:"error_timeout",3:"error_offline"};function h(L){let{code:H,message:C}=D5(L),V=$5[H];return V===void 0?C||e("error_unknown"):e(V)}function D5(L){if(typeof L!="object"||L===null)return{code:String(L),message:""};let{code:H,message:C}=L;return{code:String(H),message:typeof C=="string"?C:""}}function x(L,H){customElements.get(L)===void 0&&customElements.define(L,H)}var s=v`
  :host {
    --accent: var(--primary-color, #03a9f4);
    --line: var(--divider-color, rgba(0, 0, 0, 0.12));
    --faint: var(--secondary-text-color, #727272);
    --good: var(--success-color, #43a047);
    --bad: var(--error-color, #db4437);
    --alert: var(--warning-color, #ffa600);
    color: var(--primary-text-color, #212121);
    font-size: 14px;
    line-height: 1.45;
  }
  * {
    box-sizing: border-box;
  }
  h2,
  h3,
  p,
  ul,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  h2 {
    font-size: 20px;
    font-weight: 500;
  }
  h3 {
    font-size: 16px;
    font-weight: 500;
  }
  ul {
    list-style: none;
  }
  a {
    color: var(--accent);
  }
  code {
    font-family: var(--code-font-family, monospace);
    font-size: 0.92em;
    overflow-wrap: anywhere;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  button,
  input,
  select {
    font: inherit;
    color: inherit;
  }
  button {
    cursor: pointer;
  }
  button:disabled {
    cursor: default;
    opacity: 0.5;
  }
  .button {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-height: 36px;
    padding: 4px 14px;
    border: 1px solid var(--line);
    border-radius: 18px;
    background: none;
    color: inherit;
    font-weight: 500;
    text-decoration: none;
  }
  .button:hover:not(:disabled) {
    background: color-mix(in srgb, currentColor 8%, transparent);
  }
  .button.main {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--text-primary-color, #fff);
  }
  .button.main:hover:not(:disabled) {
    background: color-mix(in srgb, var(--accent) 85%, #000);
  }
  .button.danger {
    color: var(--bad);
  }
  .icon-button {
    display: inline-grid;
    place-items: center;
    width: 40px;
    height: 40px;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: none;
    color: inherit;
  }
  .icon-button:hover {
    background: color-mix(in srgb, currentColor 10%, transparent);
  }
  input[type="text"],
  input[type="search"],
  select {
    min-width: 0;
    min-height: 36px;
    padding: 4px 10px;
    border: 1px solid var(--line);
    border-radius: 8px;
    background: var(--card-background-color, #fff);
  }
  label.field {
    display: grid;
    gap: 2px;
    color: var(--faint);
    font-size: 12px;
  }
  label.field > * {
    color: var(--primary-text-color, #212121);
    font-size: 14px;
  }
  .card {
    border: 1px solid var(--ha-card-border-color, var(--line));
    border-radius: var(--ha-card-border-radius, 12px);
    background: var(--ha-card-background, var(--card-background-color, #fff));
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .faint {
    color: var(--faint);
  }
  .error {
    color: var(--bad);
  }
  .notice {
    padding: 10px 14px;
    border-radius: 8px;
    background: color-mix(in srgb, var(--alert) 16%, transparent);
  }
  .empty {
    display: grid;
    justify-items: center;
    gap: 8px;
    padding: 48px 16px;
    color: var(--faint);
    text-align: center;
  }
  .empty svg {
    width: 48px;
    height: 48px;
    opacity: 0.6;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    padding: 1px 10px 1px 8px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--tone, var(--faint)) 16%, transparent);
    font-size: 12px;
    line-height: 20px;
    white-space: nowrap;
  }
  .chip::before {
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--tone, var(--faint));
    content: "";
  }
  .good {
    --tone: var(--good);
  }
  .bad {
    --tone: var(--bad);
  }
  .alert {
    --tone: var(--alert);
  }
  .accent {
    --tone: var(--accent);
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;var q=class{constructor(H,C){this.host=H;this.ask=C;this.loading=!1;this.question=0;H.addController(this)}hostDisconnected(){window.clearTimeout(this.timer),this.question+=1}start(){this.value=void 0,this.load()}refresh(){window.clearTimeout(this.timer),this.timer=window.setTimeout(()=>{this.load()},400)}async load(){this.question+=1;let H=this.question;window.clearTimeout(this.timer),this.loading=!0,this.host.requestUpdate();try{let C=await this.ask();H===this.question&&this.settle(C,void 0)}catch(C){H===this.question&&this.settle(void 0,C)}}settle(H,C){this.value=H,this.error=C,this.loading=!1,this.host.requestUpdate()}};function D1(L){let{read:H,control:C,history:V=!1}=L;return[...H?[t`<span class="chip accent">${e("right_read")}</span>`]:[],...V?[t`<span class="chip accent">${e("right_history")}</span>`]:[],...C?[t`<span class="chip alert">${e("right_control")}</span>`]:[]]}var _=class extends l{constructor(){super(...arguments);this.keys=[];this.key="";this.area=null;this.heading="";this.language="";this.found=new q(this,()=>this.api.accessOfKey(this.key))}static{this.styles=[s,v`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr));
        gap: 8px 24px;
        margin-top: 8px;
      }
      li {
        display: grid;
        gap: 2px;
        align-content: start;
        overflow-wrap: anywhere;
      }
      button {
        padding: 0;
        border: 0;
        background: none;
        font-weight: 500;
        text-align: start;
        text-decoration: underline;
        text-decoration-color: var(--line);
        text-underline-offset: 3px;
      }
    `]}updated(C){C.has("key")?this.found.start():C.has("keys")&&this.found.refresh()}render(){return t`<h3>${this.heading}</h3>
      ${this.content()}`}content(){let{value:C,error:V}=this.found;if(V!==void 0)return t`<p class="error" role="alert">${h(V)}</p>`;if(C===void 0)return t`<p class="faint" role="status">${e("loading")}</p>`;let M=C.entities.filter(r=>r.area_id===this.area);return t`<ul>
        ${M.map(r=>this.line(r))}
      </ul>
      ${C.more===0?"":t`<p class="faint">${O("and_more",C.more)}</p>`}`}line(C){let V=()=>this.dispatchEvent(new CustomEvent("entity",{detail:C.entity_id,bubbles:!0,composed:!0}));return t`<li>
      <span class="row">
        <button title=${e("access_who",{name:C.name??C.entity_id})} @click=${V}>
          ${C.name??C.entity_id}
        </button>
        ${D1(C)}
      </span>
      <code class="faint">${C.entity_id}</code>
      <small class="faint" lang="en">${C.rule}</small>
    </li>`}};o([a({attribute:!1})],_.prototype,"hass",2),o([a({attribute:!1})],_.prototype,"api",2),o([a({attribute:!1})],_.prototype,"keys",2),o([a()],_.prototype,"key",2),o([a()],_.prototype,"area",2),o([a()],_.prototype,"heading",2),o([a()],_.prototype,"language",2);x("drawbridge-area-entities",_);var j2=v`
  :host {
    display: grid;
    gap: 12px;
    min-width: 0;
  }
  .scroll {
    overflow-x: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 6px 12px;
    border-bottom: 1px solid var(--line);
    text-align: start;
    white-space: nowrap;
  }
  tbody tr:last-child > * {
    border-bottom: 0;
  }
  thead th {
    color: var(--faint);
    font-size: 12px;
    font-weight: 500;
  }
  th:first-child {
    position: sticky;
    inset-inline-start: 0;
    background: var(--card-background-color, #fff);
  }
  tbody th {
    font-weight: 500;
  }
  small {
    font-weight: 400;
  }
  .counts {
    display: inline-flex;
    gap: 4px;
    min-height: 32px;
    padding: 4px;
    border: 1px solid transparent;
    border-radius: 16px;
    background: none;
    align-items: center;
  }
  .counts:hover,
  .counts[aria-expanded="true"] {
    border-color: var(--accent);
  }
  td.entities {
    padding: 12px 16px;
    background: color-mix(in srgb, currentColor 4%, transparent);
    white-space: normal;
  }
`;var R=class extends l{constructor(){super(...arguments);this.keys=[];this.narrow=!1;this.language="";this.chosen="";this.found=new q(this,()=>this.api.areas())}static{this.styles=[s,j2]}connectedCallback(){super.connectedCallback(),this.found.start()}updated(C){C.has("keys")&&C.get("keys")!==void 0&&this.found.refresh()}render(){let{value:C,error:V}=this.found;if(V!==void 0)return t`<p class="error" role="alert">${h(V)}</p>`;if(C===void 0)return t`<p class="faint" role="status">${e("loading")}</p>`;let M=Object.entries(C.keys);if(M.length===0)return t`<p class="faint">${e("access_no_keys")}</p>`;let r=M.filter(([A])=>A===this.chosen),i=this.narrow?r.length>0?r:M.slice(0,1):M;return t`
      ${this.narrow&&M.length>1?this.choice(M,i[0]?.[0]??""):d}
      <div class="card scroll" tabindex="0" role="region" aria-label=${e("access_map_heading")}>
        ${this.table(C,i)}
      </div>
    `}choice(C,V){let M=r=>{this.chosen=r.target.value,this.opened=void 0};return t`<label class="field">
      <span>${e("column_key")}</span>
      <select @change=${M}>
        ${C.map(([r,i])=>t`<option value=${r} ?selected=${r===V}>${i}</option>`)}
      </select>
    </label>`}table(C,V){return t`<table>
      <thead>
        <tr>
          <th scope="col">${e("area")}</th>
          ${V.map(([,M])=>t`<th scope="col">${M}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${C.areas.map(M=>this.row(M,V))}
      </tbody>
    </table>`}row(C,V){let M=this.opened?.area===C.area_id?this.opened:void 0,r=C.name??e("no_area");return t`
      <tr>
        <th scope="row">${r} <small class="faint">${y(C.entities)}</small></th>
        ${V.map(([i,A])=>t`<td>${this.cell(C.keys[i],{area:C.area_id,key:i},r,A)}</td>`)}
      </tr>
      ${M===void 0?d:t`<tr>
            <td class="entities" colspan=${V.length+1}>
              <drawbridge-area-entities
                .hass=${this.hass}
                .api=${this.api}
                .keys=${this.keys}
                .key=${M.key}
                .area=${M.area}
                .heading=${`${V.find(([i])=>i===M.key)?.[1]??""} · ${r}`}
                .language=${this.language}
              ></drawbridge-area-entities>
            </td>
          </tr>`}
    `}cell(C,V,M,r){if(C===void 0||C.read===0&&C.control===0)return t`<span class="faint" aria-label=${e("nothing")}>–</span>`;let i={read:y(C.read),control:y(C.control)},A=this.opened?.area===V.area&&this.opened.key===V.key;return t`<button
      class="counts"
      aria-expanded=${A}
      aria-label=${e("access_cell",{...i,area:M,key:r})}
      @click=${()=>this.opened=A?void 0:V}
    >
      <span class="chip accent">${e("reads",i)}</span>
      ${C.control===0?d:t`<span class="chip alert">${e("controls",i)}</span>`}
    </button>`}};o([a({attribute:!1})],R.prototype,"hass",2),o([a({attribute:!1})],R.prototype,"api",2),o([a({attribute:!1})],R.prototype,"keys",2),o([a({type:Boolean})],R.prototype,"narrow",2),o([a()],R.prototype,"language",2),o([m()],R.prototype,"opened",2),o([m()],R.prototype,"chosen",2);x("drawbridge-area-grid",R);function N1(L,H){let C=L.entities?.[H];return C?.area_id??(C?.device_id?L.devices?.[C.device_id]?.area_id:null)??null}function j(L,H){return L.states[H]?.attributes.friendly_name??H}function X2(L,H){return L.areas?.[H]?.name??H}var N5=30,N=class extends l{constructor(){super(...arguments);this.label="";this.text="";this.marked=0}static{this.styles=[s,v`
      :host {
        position: relative;
        display: block;
      }
      input {
        width: 100%;
      }
      ul {
        position: absolute;
        z-index: 2;
        inset-inline: 0;
        max-height: 300px;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: 8px;
        background: var(--card-background-color, #fff);
        box-shadow: 0 4px 16px rgba(0, 0, 0, 0.2);
      }
      li {
        padding: 6px 12px;
        cursor: pointer;
        overflow-wrap: anywhere;
      }
      li code {
        display: block;
      }
      li[aria-selected="true"],
      li:hover {
        background: color-mix(in srgb, var(--accent) 16%, transparent);
      }
    `]}render(){return t`
      <label class="field">
        <span>${this.label}</span>
        <input
          type="text"
          role="combobox"
          autocomplete="off"
          aria-autocomplete="list"
          aria-controls="list"
          aria-expanded=${this.shown!==void 0}
          aria-activedescendant=${this.shown?.[this.marked]===void 0?d:`option-${this.marked}`}
          placeholder=${e("entity_hint")}
          .value=${this.text}
          @input=${this.search}
          @focus=${this.search}
          @blur=${this.hide}
          @keydown=${this.press}
        />
      </label>
      ${this.shown===void 0?d:this.list(this.shown)}
    `}list(C){return t`<ul id="list" role="listbox" aria-label=${this.label} @mousedown=${V=>V.preventDefault()}>
      ${C.length===0?t`<li class="faint">${e("entity_none")}</li>`:d}
      ${C.map((V,M)=>t`<li
            id="option-${M}"
            role="option"
            aria-selected=${M===this.marked}
            @click=${()=>this.pick(V)}
          >
            ${j(this.hass,V)} <code class="faint">${V}</code>
          </li>`)}
    </ul>`}search(){this.text=this.input.value;let C=this.text.trim().toLowerCase(),V=[];for(let M in this.hass.states){if(V.length>=N5)break;(M.includes(C)||j(this.hass,M).toLowerCase().includes(C))&&V.push(M)}this.shown=V,this.marked=0}hide(){this.shown=void 0}press(C){let V=this.shown??[],M=V[this.marked];if(C.key==="ArrowDown")this.mark(Math.min(this.marked+1,V.length-1));else if(C.key==="ArrowUp")this.mark(Math.max(this.marked-1,0));else if(C.key==="Enter"&&M!==void 0)this.pick(M);else if(C.key==="Escape"&&this.shown!==void 0)this.hide();else return;C.preventDefault(),C.stopPropagation()}mark(C){this.shown===void 0?this.search():this.marked=C,this.updateComplete.then(()=>this.renderRoot.querySelector(`#option-${this.marked}`)?.scrollIntoView({block:"nearest"}))}pick(C){this.text=j(this.hass,C),this.hide(),this.dispatchEvent(new CustomEvent("picked",{detail:C}))}};o([a({attribute:!1})],N.prototype,"hass",2),o([a()],N.prototype,"label",2),o([m()],N.prototype,"text",2),o([m()],N.prototype,"shown",2),o([m()],N.prototype,"marked",2),o([b("input")],N.prototype,"input",2);x("drawbridge-entity-picker",N);var X=class extends l{constructor(){super(...arguments);this.keys=[];this.entity="";this.language="";this.found=new q(this,()=>this.api.accessOfEntity(this.entity))}static{this.styles=[s,v`
      :host {
        display: grid;
        gap: 12px;
      }
      drawbridge-entity-picker {
        max-width: 420px;
      }
      .card {
        padding: 12px 16px;
      }
      li {
        display: grid;
        gap: 2px;
        padding: 8px 0;
      }
      li + li {
        border-top: 1px solid var(--line);
      }
    `]}updated(C){this.entity!==""&&(C.has("entity")?(this.found.start(),this.scrollIntoView({block:"nearest"})):C.has("keys")&&this.found.refresh())}render(){return t`
      <drawbridge-entity-picker .hass=${this.hass} .label=${e("entity")} @picked=${this.pick}></drawbridge-entity-picker>
      <div role="status">${this.entity===""?d:this.answer()}</div>
    `}answer(){let{value:C,error:V}=this.found;if(V!==void 0)return t`<p class="error">${h(V)}</p>`;if(C===void 0)return t`<p class="faint">${e("loading")}</p>`;let M=N1(this.hass,this.entity),r=C.filter(A=>A.read||A.control||A.history),i=C.filter(A=>!r.includes(A));return t`<div class="card">
      <h3>${j(this.hass,this.entity)}</h3>
      <p class="faint">
        <code>${this.entity}</code>${M===null?"":` · ${X2(this.hass,M)}`}
      </p>
      ${r.length===0?t`<p>${e("access_nobody")}</p>`:t`<ul>
            ${r.map(A=>this.line(A))}
          </ul>`}
      ${i.length===0?d:t`<p class="faint">${e("right_none")}: ${i.map(A=>`${A.name} (${A.rule})`).join(", ")}</p>`}
    </div>`}line(C){return t`<li>
      <span class="row">
        <strong>${C.name}</strong> ${D1(C)}
        ${C.enabled?d:t`<span class="chip">${e("chip_off")}</span>`}
      </span>
      <span class="faint" lang="en">${C.rule}</span>
    </li>`}pick(C){this.dispatchEvent(new CustomEvent("entity",{detail:C.detail}))}};o([a({attribute:!1})],X.prototype,"hass",2),o([a({attribute:!1})],X.prototype,"api",2),o([a({attribute:!1})],X.prototype,"keys",2),o([a()],X.prototype,"entity",2),o([a()],X.prototype,"language",2);x("drawbridge-entity-access",X);var W=class extends l{constructor(){super(...arguments);this.keys=[];this.narrow=!1;this.language="";this.entity=""}static{this.styles=[s,v`
      :host {
        display: grid;
        gap: 24px;
      }
      section {
        display: grid;
        gap: 8px;
        min-width: 0;
      }
    `]}render(){return t`
      <section aria-labelledby="who">
        <h2 id="who">${e("access_entity_heading")}</h2>
        <p class="faint">${e("access_entity_text")}</p>
        <drawbridge-entity-access
          .hass=${this.hass}
          .api=${this.api}
          .keys=${this.keys}
          .entity=${this.entity}
          .language=${this.language}
          @entity=${C=>this.entity=C.detail}
        ></drawbridge-entity-access>
      </section>
      <section aria-labelledby="map">
        <h2 id="map">${e("access_map_heading")}</h2>
        <p class="faint">${e("access_map_text")}</p>
        <drawbridge-area-grid
          .hass=${this.hass}
          .api=${this.api}
          .keys=${this.keys}
          .narrow=${this.narrow}
          .language=${this.language}
          @entity=${C=>this.entity=C.detail}
        ></drawbridge-area-grid>
      </section>
    `}};o([a({attribute:!1})],W.prototype,"hass",2),o([a({attribute:!1})],W.prototype,"api",2),o([a({attribute:!1})],W.prototype,"keys",2),o([a({type:Boolean})],W.prototype,"narrow",2),o([a()],W.prototype,"language",2),o([m()],W.prototype,"entity",2);x("drawbridge-access-view",W);/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var Y2={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},J2=L=>(...H)=>({_$litDirective$:L,values:H}),W1=class{constructor(H){}get _$AU(){return this._$AM._$AU}_$AT(H,C,V){this._$Ct=H,this._$AM=C,this._$Ci=V}_$AS(H,C){return this.update(H,C)}update(H,C){return this.render(...C)}};/**
 * @license
 * Copyright 2020 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var{I:W5}=z2,C5=L=>L;var H5=()=>document.createComment(""),a1=(L,H,C)=>{let V=L._$AA.parentNode,M=H===void 0?L._$AB:H._$AA;if(C===void 0){let r=V.insertBefore(H5(),M),i=V.insertBefore(H5(),M);C=new W5(r,i,L,L.options)}else{let r=C._$AB.nextSibling,i=C._$AM,A=i!==L;if(A){let p;C._$AQ?.(L),C._$AM=L,C._$AP!==void 0&&(p=L._$AU)!==i._$AU&&C._$AP(p)}if(r!==M||A){let p=C._$AA;for(;p!==r;){let Z=C5(p).nextSibling;C5(V).insertBefore(p,M),p=Z}}}return C},Y=(L,H,C=L)=>(L._$AI(H,C),L),I5={},V5=(L,H=I5)=>L._$AH=H,L5=L=>L._$AH,I1=L=>{L._$AR(),L._$AA.remove()};/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var M5=(L,H,C)=>{let V=new Map;for(let M=H;M<=C;M++)V.set(L[M],M);return V},z1=J2(class extends W1{constructor(L){if(super(L),L.type!==Y2.CHILD)throw Error("repeat() can only be used in text expressions")}dt(L,H,C){let V;C===void 0?C=H:H!==void 0&&(V=H);let M=[],r=[],i=0;for(let A of L)M[i]=V?V(A,i):i,r[i]=C(A,i),i++;return{values:r,keys:M}}render(L,H,C){return this.dt(L,H,C).values}update(L,[H,C,V]){let M=L5(L),{values:r,keys:i}=this.dt(H,C,V);if(!Array.isArray(M))return this.ut=i,r;let A=this.ut??=[],p=[],Z,g,n=0,c=M.length-1,u=0,f=r.length-1;for(;n<=c&&u<=f;)if(M[n]===null)n++;else if(M[c]===null)c--;else if(A[n]===i[u])p[u]=Y(M[n],r[u]),n++,u++;else if(A[c]===i[f])p[f]=Y(M[c],r[f]),c--,f--;else if(A[n]===i[f])p[f]=Y(M[n],r[f]),a1(L,p[f+1],M[n]),n++,f--;else if(A[c]===i[u])p[u]=Y(M[c],r[u]),a1(L,M[n],M[c]),c--,u++;else if(Z===void 0&&(Z=M5(i,u,f),g=M5(A,n,c)),Z.has(A[n]))if(Z.has(A[c])){let F=g.get(i[u]),q1=F!==void 0?M[F]:null;if(q1===null){let m2=a1(L,M[n]);Y(m2,r[u]),p[u]=m2}else p[u]=Y(q1,r[u]),a1(L,M[n],q1),M[F]=null;u++}else I1(M[c]),c--;else I1(M[n]),n++;for(;u<=f;){let F=a1(L,p[f+1]);Y(F,r[u]),p[u++]=F}for(;n<=c;){let F=M[n++];F!==null&&I1(F)}return this.ut=i,V5(L,p),D}});function o2(L,H,C){let V=document.createElement("a");V.href=URL.createObjectURL(new Blob([C],{type:H})),V.download=L,V.click(),window.setTimeout(()=>URL.revokeObjectURL(V.href),6e4)}async function e5(L,H){try{return await navigator.clipboard.writeText(L),!0}catch{return z5(L,H)}}function z5(L,H){let C=document.createElement("textarea");C.value=L,C.style.cssText="position: fixed; opacity: 0",H.appendChild(C),C.select();try{return document.execCommand("copy")}finally{C.remove()}}var U1=class{constructor(){this.missed=0;this.kept=new Map}get all(){return[...this.kept.values()]}take(H){H.missed===void 0&&(this.kept=new Map,this.missed=0),this.missed+=H.missed??0;for(let C of H.records)this.kept.set(C.id,C);for(let C of this.kept.keys()){if(this.kept.size<=1e3)break;this.kept.delete(C)}}},t5={key:"",area:"",text:"",outcome:""},a2="none";function i5(L,H,C){if(H.outcome!==""&&L.outcome!==H.outcome||H.key!==""&&(L.key_id??a2)!==H.key)return!1;let{entities:V}=L.subject;return H.area!==""&&!V.some(M=>C(M.entity_id)===H.area)?!1:H.text.trim()===""||U5(L,H.text.trim().toLowerCase())}function U5(L,H){let{entities:C,action:V,event:M,what:r}=L.subject,i=C.flatMap(A=>[A.entity_id,A.name]);return[L.key_name,L.address,L.target,L.reason,L.route,V,M,r,...i].filter(A=>A!==null).some(A=>A.toLowerCase().includes(H))}function A2(L){let{entities:H,action:C,event:V,operation:M}=L.subject;return JSON.stringify([L.key_id,L.reason,M,C,V,H.map(r=>r.entity_id)])}function o5(L){return L.map(H=>`${JSON.stringify(H)}
`).join("")}var r5=["time","key_id","key_name","outcome","reason","status","what","action","event","entities","count","address","method","route","target","request_id"];function a5(L){let H=L.map(C=>{let V={...C,...C.subject,time:new Date(C.time*1e3).toISOString(),entities:C.subject.entities.map(M=>M.entity_id).join(" ")};return r5.map(M=>G5(V[M])).join(",")});return[r5.join(","),...H].map(C=>`${C}\r
`).join("")}function G5(L){let H=String(L??"");return/^[=+\-@\t\r]/.test(H)&&(H=`'${H}`),/[",\r\n]/.test(H)?`"${H.replaceAll('"','""')}"`:H}function S(L,H=20){return t`<svg viewBox="0 0 24 24" width=${H} height=${H} fill="currentColor" aria-hidden="true">
    <path d=${L}></path>
  </svg>`}var Q5=["","allowed","refused","failed"],t1=class extends l{constructor(){super(...arguments);this.keys=[];this.language=""}static{this.styles=[s,v`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 8px;
      }
      select,
      input {
        width: 168px;
      }
      .segments {
        display: flex;
        border: 1px solid var(--line);
        border-radius: 8px;
        overflow: hidden;
      }
      .segments button {
        min-height: 34px;
        padding: 4px 12px;
        border: 0;
        background: var(--card-background-color, #fff);
      }
      .segments button + button {
        border-inline-start: 1px solid var(--line);
      }
      .segments button[aria-pressed="true"] {
        background: var(--accent);
        color: var(--text-primary-color, #fff);
      }
      .segments button:focus-visible {
        outline-offset: -3px;
      }
      @media (max-width: 600px) {
        label.field {
          flex: 1 1 40%;
        }
        .segments {
          flex: 1 1 100%;
        }
        .segments button {
          flex: 1;
          padding: 4px 6px;
        }
        select,
        input {
          width: 100%;
        }
      }
    `]}render(){return t`
      <div class="segments" role="group" aria-label=${e("column_outcome")}>
        ${Q5.map(C=>t`<button aria-pressed=${this.filter.outcome===C} @click=${()=>this.change({outcome:C})}>
              ${C===""?e("all"):w("outcome",C)}
            </button>`)}
      </div>
      <label class="field">
        <span>${e("column_key")}</span>
        <select @change=${C=>this.change({key:d2(C)})}>
          <option value="">${e("all_keys")}</option>
          ${this.keys.map(C=>this.option(C.id,C.name,this.filter.key))}
          ${this.option(a2,e("no_key"),this.filter.key)}
        </select>
      </label>
      <label class="field">
        <span>${e("area")}</span>
        <select @change=${C=>this.change({area:d2(C)})}>
          <option value="">${e("all_areas")}</option>
          ${this.areas().map(([C,V])=>this.option(C,V,this.filter.area))}
        </select>
      </label>
      <label class="field">
        <span>${e("search")}</span>
        <input
          type="search"
          placeholder=${e("search_hint")}
          .value=${this.filter.text}
          @input=${C=>this.change({text:d2(C)})}
        />
      </label>
    `}option(C,V,M){return t`<option value=${C} ?selected=${C===M}>${V}</option>`}areas(){return Object.entries(this.hass.areas??{}).map(([C,V])=>[C,V?.name??C]).sort((C,V)=>C[1].localeCompare(V[1]))}change(C){this.dispatchEvent(new CustomEvent("filter",{detail:{...this.filter,...C}}))}};o([a({attribute:!1})],t1.prototype,"hass",2),o([a({attribute:!1})],t1.prototype,"keys",2),o([a({attribute:!1})],t1.prototype,"filter",2),o([a()],t1.prototype,"language",2);function d2(L){return L.target.value}x("drawbridge-activity-filter",t1);var A5=v`96px 96px minmax(100px, 1fr) minmax(180px, 3fr) minmax(90px, 1fr) 24px`,d5=v`
  :host {
    display: grid;
    gap: 12px;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    justify-content: space-between;
    gap: 12px;
  }
  .card {
    overflow: hidden;
  }
  .head {
    display: grid;
    grid-template-columns: ${A5};
    gap: 12px;
    padding: 8px 16px;
    border-bottom: 1px solid var(--line);
    color: var(--faint);
    font-size: 12px;
  }
  li + li {
    border-top: 1px solid var(--line);
  }
  .foot {
    justify-content: center;
  }
  @media (max-width: 870px) {
    .head {
      display: none;
    }
  }
`,p5=v`
  :host {
    display: block;
  }
  button.line {
    display: grid;
    grid-template-columns: ${A5};
    align-items: center;
    gap: 2px 12px;
    width: 100%;
    padding: 8px 16px;
    border: 0;
    background: none;
    text-align: start;
  }
  button.line:hover,
  :host([opened]) button.line {
    background: color-mix(in srgb, currentColor 5%, transparent);
  }
  button.line:focus-visible {
    outline-offset: -2px;
  }
  .line > span {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .time {
    font-variant-numeric: tabular-nums;
  }
  .key {
    font-weight: 500;
  }
  .what small {
    display: block;
    color: var(--faint);
    font-size: 13px;
  }
  .arrow {
    display: grid;
    place-items: center;
    transition: transform 120ms;
  }
  :host([opened]) .arrow {
    transform: rotate(180deg);
  }
  .details {
    display: grid;
    gap: 14px;
    padding: 12px 16px 16px;
    border-top: 1px dashed var(--line);
  }
  dl {
    display: grid;
    grid-template-columns: max-content 1fr;
    gap: 2px 16px;
    font-size: 13px;
  }
  dt {
    color: var(--faint);
  }
  dd {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  @media (max-width: 870px) {
    button.line {
      grid-template-areas: "outcome key time arrow" "what what what what" "from from from from";
      grid-template-columns: max-content 1fr max-content 20px;
      gap: 4px 8px;
      padding: 10px 12px;
    }
    .time {
      grid-area: time;
      color: var(--faint);
      font-size: 12px;
    }
    .outcome {
      grid-area: outcome;
    }
    .key {
      grid-area: key;
    }
    .what {
      grid-area: what;
    }
    .from {
      grid-area: from;
      font-size: 12px;
    }
    .arrow {
      grid-area: arrow;
    }
    .details {
      padding: 12px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .arrow {
      transition: none;
    }
  }
`;var n5=3,G1=class{async load(H){this.localize=await H.loadBackendTranslation?.("services")}of(H){let[C="",V=""]=H.split("."),M=this.localize?.(`component.${C}.services.${V}.name`);return M===void 0||M===""?H:M}};function m5(L,H){let{action:C,event:V,operation:M,what:r}=L.subject;if(C!==null)return H.of(C);if(V!==null)return e("deed_event",{event:V});if(M!==null){let[i=""]=M.split("."),A=$1("operation",M.replaceAll(".","_"))??$1("operation",i);if(A!==void 0)return A}return q5(r)}function l5(L){let{entities:H,more:C}=L.subject,V=H.length-n5+C,M=H.slice(0,n5).map(K5).join(", ");return V>0?`${M} ${O("and_more",V)}`:M}function K5(L){return L.name??L.entity_id}function v5(L){return L.reason===null?"":w("reason",L.reason)}function q5(L){return L===""?e("deed_request"):L.charAt(0).toUpperCase()+L.slice(1)}function x5(L,H){let C=H.more??0;return[...H.capabilities.map(V=>t`${e("permission")}: ${w("capability",V)}`),...H.services.map(V=>t`${e("action")}: ${V==="*"?e("all_actions"):t`<code>${V}</code>`}`),...H.events.map(V=>t`${e("event")}: ${V==="*"?e("all_events"):t`<code>${V}</code>`}`),...(H.limits??[]).map(V=>t`${e("limit")}: ${V}`),...H.entities.map(V=>t`${j(L,V)} <code class="faint">${V}</code>`),...C>0?[t`${O("and_more",C)}`]:[]]}function p2(L,H){return t`<ul class="difference good" aria-label=${e("adds")}>
    ${x5(L,H).map(C=>t`<li data-sign="+">${C}</li>`)}
  </ul>`}function I(L,H,C,V,M){let r=x5(L,C);return t`<section>
    <h3>${H}</h3>
    ${r.length===0?t`<p class="faint">${e("nothing")}</p>`:t`<ul class="difference ${M}">
          ${r.map(i=>t`<li data-sign=${V}>${i}</li>`)}
        </ul>`}
  </section>`}var A1=v`
  .difference {
    display: grid;
    gap: 1px;
    overflow: hidden;
    border-radius: 8px;
  }
  .difference li {
    padding: 5px 12px;
    border-inline-start: 4px solid var(--tone);
    background: color-mix(in srgb, var(--tone) 12%, transparent);
    overflow-wrap: anywhere;
  }
  .difference li::before {
    content: attr(data-sign) " ";
    font-family: monospace;
    font-weight: 700;
  }
`;var d1=class extends l{constructor(){super(...arguments);this.heading="";this.locked=!1;this.closing=!1}static{this.styles=[s,v`
      dialog {
        width: min(600px, calc(100vw - 32px));
        max-height: calc(100dvh - 48px);
        padding: 0;
        border: 0;
        border-radius: 20px;
        background: var(--card-background-color, #fff);
        color: inherit;
        box-shadow: 0 8px 40px rgba(0, 0, 0, 0.35);
      }
      dialog::backdrop {
        background: rgba(0, 0, 0, 0.5);
      }
      .whole {
        display: flex;
        flex-direction: column;
        max-height: calc(100dvh - 48px);
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
        padding: 12px 12px 4px 24px;
      }
      .body {
        display: grid;
        gap: 12px;
        padding: 8px 24px;
        overflow: auto;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 8px;
        padding: 12px 24px 20px;
      }
    `]}firstUpdated(){this.dialog.showModal()}close(){this.closing=!0,this.dialog.close()}render(){return t`<dialog aria-labelledby="heading" @cancel=${this.cancel} @close=${this.closed}>
      <div class="whole">
        <header>
          <h2 id="heading">${this.heading}</h2>
          ${this.locked?d:t`<button class="icon-button" type="button" aria-label=${e("close")} @click=${this.close}>
                ${S(g1)}
              </button>`}
        </header>
        <div class="body"><slot></slot></div>
        <footer><slot name="actions"></slot></footer>
      </div>
    </dialog>`}cancel(C){this.locked&&C.preventDefault()}closed(){this.locked&&!this.closing?this.dialog.showModal():this.dispatchEvent(new CustomEvent("closed"))}};o([a()],d1.prototype,"heading",2),o([a({type:Boolean})],d1.prototype,"locked",2),o([b("dialog")],d1.prototype,"dialog",2);x("drawbridge-dialog",d1);function J(L,H){L.dispatchEvent(new CustomEvent("drawbridge-message",{detail:H,bubbles:!0,composed:!0}))}var j5=3600,B=class extends l{constructor(){super(...arguments);this.language="";this.busy=!1;this.load=async()=>{this.error=void 0;try{this.found=await this.api.explain(this.record.id)}catch(C){this.error=C}}}static{this.styles=[s,A1,v`
      :host,
      .change {
        display: grid;
        gap: 8px;
      }
    `]}connectedCallback(){super.connectedCallback(),this.load()}render(){if(this.error!==void 0)return t`<p class="error" role="alert">${h(this.error)}</p>
        <div class="row">
          <button class="button" @click=${this.load}>${e("retry")}</button>${this.ignoreButton()}
        </div>`;if(this.found===void 0)return t`<p class="faint" role="status">${e("loading")}</p>`;let{rule:C,allowed_now:V,changes:M,why_none:r}=this.found;return t`
      ${V?t`<p class="row"><span class="chip good">${e("allowed_now")}</span></p>`:t`<h3>${e("why")}</h3>
            <p lang="en">${C}</p>`}
      ${M.map(i=>this.change(i))}
      ${r===null||V?d:t`<p class="faint" lang="en">${r}</p>`}
      ${M.length>0||V?d:t`<div class="row">${this.ignoreButton()}</div>`}
      ${this.asked===void 0?d:this.question(this.asked.change,this.asked.seconds)}
    `}change(C){return t`<div class="change">
      <h3>${e("smallest_change")}</h3>
      ${p2(this.hass,C.adds)}
      <p class="faint" lang="en">${C.text}</p>
      <div class="row">
        <button class="button main" ?disabled=${this.busy} @click=${()=>this.allow(C)}>${e("allow")}</button>
        <button class="button" ?disabled=${this.busy} @click=${()=>this.allow(C,j5)}>
          ${e("allow_hour")}
        </button>
        ${this.ignoreButton()}
      </div>
    </div>`}ignoreButton(){return t`<button class="button" title=${e("ignore_hint")} @click=${this.ignore}>${e("ignore")}</button>`}question(C,V){return t`<drawbridge-dialog heading=${e("broad_heading")} @closed=${()=>this.asked=void 0}>
      <p>${e("broad",{name:this.record.key_name??""})}</p>
      ${p2(this.hass,C.adds)}
      <p lang="en">${C.text}</p>
      <button slot="actions" class="button" @click=${this.closeDialog}>${e("cancel")}</button>
      <button slot="actions" class="button main" @click=${()=>this.make(C,V)}>
        ${e(V===void 0?"allow":"allow_hour")}
      </button>
    </drawbridge-dialog>`}async allow(C,V){C.broad?this.asked=V===void 0?{change:C}:{change:C,seconds:V}:await this.make(C,V)}async make(C,V){this.closeDialog(),this.busy=!0;try{await this.api.allow(this.record.id,C.id,V);let M=this.record.key_name??"";J(this,{text:e(V===void 0?"allowed":"allowed_hour",{name:M})}),await this.load()}catch(M){J(this,{text:h(M)})}finally{this.busy=!1}}closeDialog(){this.renderRoot.querySelector("drawbridge-dialog")?.close()}ignore(){this.dispatchEvent(new CustomEvent("ignore",{bubbles:!0,composed:!0}))}};o([a({attribute:!1})],B.prototype,"record",2),o([a({attribute:!1})],B.prototype,"api",2),o([a({attribute:!1})],B.prototype,"hass",2),o([a()],B.prototype,"language",2),o([m()],B.prototype,"found",2),o([m()],B.prototype,"error",2),o([m()],B.prototype,"busy",2),o([m()],B.prototype,"asked",2);x("drawbridge-explanation",B);var X5={allowed:"good",refused:"bad",failed:"alert"},z=class extends l{constructor(){super(...arguments);this.opened=!1;this.language=""}static{this.styles=[s,p5]}render(){let{record:C}=this,V=v5(C),M=l5(C);return t`
      <button class="line" aria-expanded=${this.opened} aria-controls="details" @click=${this.toggle}>
        <span class="time">${q2(C.time)}</span>
        <span class="outcome"><span class="chip ${X5[C.outcome]}">${w("outcome",C.outcome)}</span></span>
        <span class="key">${C.key_name??e("no_key")}</span>
        <span class="what">
          ${m5(C,this.actions)}${M===""?"":t`: <strong>${M}</strong>`}
          ${C.count>1?t`<span class="faint">× ${y(C.count)}</span>`:d}
          ${V===""?d:t`<small>${V}</small>`}
        </span>
        <span class="from faint">${C.address}</span>
        <span class="arrow">${S(l2)}</span>
      </button>
      <div id="details">${this.opened?this.details():d}</div>
    `}details(){let{record:C}=this,V=C.subject.entities;return t`<div class="details">
      ${C.outcome==="refused"?t`<drawbridge-explanation
            .record=${C}
            .api=${this.api}
            .hass=${this.hass}
            .language=${this.language}
          ></drawbridge-explanation>`:d}
      <dl>
        <dt>${e("column_time")}</dt>
        <dd>${r1(C.time)}</dd>
        <dt>${e("request")}</dt>
        <dd><code>${C.method} ${C.route}</code> → ${C.status}</dd>
        ${C.subject.action===null?d:t`<dt>${e("action")}</dt>
              <dd><code>${C.subject.action}</code></dd>`}
        ${V.length===0?d:t`<dt>${e("entities")}</dt>
              <dd>
                ${V.map((M,r)=>t`${r===0?"":", "}<code>${M.entity_id}</code>`)}
                ${C.subject.more===0?"":O("and_more",C.subject.more)}
              </dd>`}
        <dt>${e("column_from")}</dt>
        <dd>${C.address}</dd>
        <dt>${e("request_id")}</dt>
        <dd><code>${C.request_id}</code></dd>
      </dl>
    </div>`}toggle(){this.dispatchEvent(new CustomEvent("toggle-row"))}};o([a({attribute:!1})],z.prototype,"record",2),o([a({attribute:!1})],z.prototype,"api",2),o([a({attribute:!1})],z.prototype,"hass",2),o([a({attribute:!1})],z.prototype,"actions",2),o([a({type:Boolean,reflect:!0})],z.prototype,"opened",2),o([a()],z.prototype,"language",2);x("drawbridge-activity-row",z);var s5="drawbridge-ignored";var Q1=class{constructor(){this.signatures=new Set(Y5())}has(H){return this.signatures.has(H)}add(H){this.signatures=new Set([...this.signatures,H].slice(-200)),this.write()}clear(){this.signatures.clear(),this.write()}write(){try{localStorage.setItem(s5,JSON.stringify([...this.signatures]))}catch{}}};function Y5(){try{let L=JSON.parse(localStorage.getItem(s5)??"[]");return Array.isArray(L)?L.filter(H=>typeof H=="string"):[]}catch{return[]}}var n2=100,k=class extends l{constructor(){super(...arguments);this.records=[];this.keys=[];this.missed=0;this.loading=!1;this.language="";this.filter=t5;this.shown=n2;this.withIgnored=!1;this.ignored=new Q1;this.rows=[];this.hiddenRows=0}static{this.styles=[s,d5]}willUpdate(){let C=i=>N1(this.hass,i),V=(this.paused??this.records).filter(i=>i5(i,this.filter,C)),M=V.filter(i=>i.outcome==="refused"&&this.ignored.has(A2(i)));this.hiddenRows=M.length;let r=new Set(this.withIgnored?[]:M);this.rows=V.filter(i=>!r.has(i)).reverse()}render(){return t`
      <div class="tools">
        <drawbridge-activity-filter
          .hass=${this.hass}
          .keys=${this.keys}
          .filter=${this.filter}
          .language=${this.language}
          @filter=${this.setFilter}
        ></drawbridge-activity-filter>
        <div class="row">
          <button class="button" aria-pressed=${this.paused!==void 0} @click=${this.togglePause}>
            ${S(this.paused===void 0?h2:f2)}
            ${e(this.paused===void 0?"pause":"resume")}
          </button>
          ${this.exportButton("jsonl",e("export_json"))} ${this.exportButton("csv",e("export_csv"))}
        </div>
      </div>
      ${this.notices()} ${this.rows.length===0?this.empty():this.list()}
    `}exportButton(C,V){return t`<button
      class="button"
      title=${e("export_title")}
      ?disabled=${this.rows.length===0}
      @click=${()=>this.export(C)}
    >
      ${S(Z2)} ${V}
    </button>`}notices(){let C=this.paused===void 0?0:this.waiting(this.paused);return t`
      <div role="status">
        ${this.paused===void 0?d:t`<p class="notice">${e("paused")} ${C===0?"":O("waiting",C)}</p>`}
      </div>
      ${this.missed===0?d:t`<p class="notice">${O("missed",this.missed)}</p>`}
      ${this.hiddenRows===0?d:t`<p class="row faint">
            ${O("ignored",this.hiddenRows)}
            <button class="button" aria-pressed=${this.withIgnored} @click=${this.toggleIgnored}>
              ${e(this.withIgnored?"hide":"show")}
            </button>
            <button class="button" @click=${this.forgetIgnored}>${e("ignore_none")}</button>
          </p>`}
    `}empty(){return this.loading?t`<p class="empty" role="status">${e("loading")}</p>`:this.records.length>0?t`<p class="empty">${e("activity_none_match")}</p>`:t`<div class="empty">
      ${S(s2)}
      <h2>${e("activity_empty")}</h2>
      <p>${e("activity_empty_hint")}</p>
    </div>`}list(){return t`
      <div class="card">
        <div class="head" aria-hidden="true">
          <span>${e("column_time")}</span><span>${e("column_outcome")}</span><span>${e("column_key")}</span
          ><span>${e("column_what")}</span><span>${e("column_from")}</span>
        </div>
        <ul aria-label=${e("tab_activity")}>
          ${z1(this.rows.slice(0,this.shown),C=>C.id,C=>t`<li>
              <drawbridge-activity-row
                .record=${C}
                .api=${this.api}
                .hass=${this.hass}
                .actions=${this.actions}
                .opened=${this.opened===C.id}
                .language=${this.language}
                @toggle-row=${()=>this.toggle(C.id)}
                @ignore=${()=>this.ignore(C)}
              ></drawbridge-activity-row>
            </li>`)}
        </ul>
      </div>
      <p class="row foot faint">
        ${e("showing",{shown:y(Math.min(this.shown,this.rows.length)),all:y(this.rows.length)})}
        ${this.rows.length>this.shown?t`<button class="button" @click=${()=>this.shown+=n2}>${e("show_more")}</button>`:d}
      </p>
    `}waiting(C){let V=new Set(C.map(M=>M.id));return this.records.filter(M=>!V.has(M.id)).length}setFilter(C){this.filter=C.detail,this.shown=n2}togglePause(){this.paused=this.paused===void 0?this.records:void 0}toggle(C){this.opened=this.opened===C?void 0:C}ignore(C){this.ignored.add(A2(C)),this.opened=void 0,this.requestUpdate()}toggleIgnored(){this.withIgnored=!this.withIgnored}forgetIgnored(){this.ignored.clear(),this.requestUpdate()}export(C){let V=`drawbridge-activity-${new Date().toISOString().slice(0,19).replaceAll(":","-")}.${C}`,M=[...this.rows].reverse();C==="csv"?o2(V,"text/csv",a5(M)):o2(V,"application/jsonl",o5(M))}};o([a({attribute:!1})],k.prototype,"hass",2),o([a({attribute:!1})],k.prototype,"api",2),o([a({attribute:!1})],k.prototype,"actions",2),o([a({attribute:!1})],k.prototype,"records",2),o([a({attribute:!1})],k.prototype,"keys",2),o([a({type:Number})],k.prototype,"missed",2),o([a({type:Boolean})],k.prototype,"loading",2),o([a()],k.prototype,"language",2),o([m()],k.prototype,"filter",2),o([m()],k.prototype,"paused",2),o([m()],k.prototype,"opened",2),o([m()],k.prototype,"shown",2),o([m()],k.prototype,"withIgnored",2);x("drawbridge-activity-view",k);var K1=class{constructor(H){this.hass=H}setEnabled(H,C){return this.call("keys/set_enabled",{key_id:H,enabled:C})}rotate(H,C){return this.call("keys/rotate",{key_id:H,overlap:C})}delete(H){return this.call("keys/delete",{key_id:H})}undo(H){return this.call("keys/undo",{undo:H})}compare(H,C){return this.call("keys/compare",{key_id:H,other_id:C})}explain(H){return this.call("activity/explain",{record_id:H})}allow(H,C,V){return this.call("activity/allow",{record_id:H,change_id:C,...V===void 0?{}:{seconds:V}})}areas(){return this.call("access/areas",{})}accessOfKey(H){return this.call("access/key",{key_id:H})}async accessOfEntity(H){return(await this.call("access/entity",{entity_id:H})).keys}proposal(H){return this.call("proposal",{key_id:H})}call(H,C){return this.hass().callWS({type:`drawbridge/${H}`,...C})}};var T=class extends l{constructor(){super(...arguments);this.keys=[];this.first="";this.other=""}static{this.styles=[s,A1]}willUpdate(C){C.has("first")&&(this.other===""||this.other===this.first)&&(this.other=this.keys.find(V=>V.id!==this.first)?.id??"")}firstUpdated(){this.load()}render(){return t`<drawbridge-dialog heading=${e("compare")} @closed=${this.closed}>
      <div class="row">
        ${this.choice(e("compare_first"),this.first,this.other,C=>this.first=C)}
        ${this.choice(e("compare_second"),this.other,this.first,C=>this.other=C)}
      </div>
      ${this.error===void 0?d:t`<p class="error" role="alert">${h(this.error)}</p>`}
      ${this.found===void 0?d:this.result(this.found)}
      <button slot="actions" class="button main" @click=${()=>this.dialog.close()}>${e("close")}</button>
    </drawbridge-dialog>`}choice(C,V,M,r){return t`<label class="field">
      <span>${C}</span>
      <select @change=${A=>{r(A.target.value),this.load()}}>
        ${this.keys.filter(A=>A.id!==M).map(A=>t`<option value=${A.id} ?selected=${A.id===V}>${A.name}</option>`)}
      </select>
    </label>`}result(C){let V=M=>e("only",{name:this.keys.find(r=>r.id===M)?.name??""});return t`
      ${I(this.hass,V(this.first),C.only_first,"+","good")}
      ${I(this.hass,V(this.other),C.only_second,"+","accent")}
      ${I(this.hass,e("both"),C.both,"=","")}
    `}async load(){let{first:C,other:V}=this;this.error=void 0;try{let M=await this.api.compare(C,V);C===this.first&&V===this.other&&(this.found=M)}catch(M){this.found=void 0,this.error=M}}closed(){this.dispatchEvent(new CustomEvent("closed"))}};o([a({attribute:!1})],T.prototype,"api",2),o([a({attribute:!1})],T.prototype,"hass",2),o([a({attribute:!1})],T.prototype,"keys",2),o([a()],T.prototype,"first",2),o([m()],T.prototype,"other",2),o([m()],T.prototype,"found",2),o([m()],T.prototype,"error",2),o([b("drawbridge-dialog")],T.prototype,"dialog",2);x("drawbridge-compare-dialog",T);var U="/config/integrations/integration/drawbridge";var J5={connected:"good",damaged:"bad",expired:"bad",expires_soon:"alert",learning:"accent",temporary:"accent"},p1=class extends l{constructor(){super(...arguments);this.comparable=!1;this.language=""}static{this.styles=[s,v`
      :host {
        display: grid;
      }
      article {
        display: flex;
        flex-direction: column;
        gap: 10px;
        padding: 16px;
      }
      header {
        display: flex;
        align-items: start;
        justify-content: space-between;
        gap: 12px;
      }
      h3 {
        overflow-wrap: anywhere;
      }
      .off h3,
      .off dl {
        opacity: 0.65;
      }
      .chips {
        gap: 6px;
      }
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 2px 12px;
      }
      dt {
        color: var(--faint);
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-top: auto;
        padding-top: 4px;
      }
      footer .button {
        padding: 4px 10px;
        font-size: 13px;
      }
      .switch {
        position: relative;
        flex: none;
        width: 44px;
        height: 24px;
        padding: 0;
        border: 0;
        border-radius: 12px;
        background: color-mix(in srgb, var(--faint) 55%, transparent);
        transition: background 120ms;
      }
      .switch::before {
        position: absolute;
        inset-block-start: 3px;
        inset-inline-start: 3px;
        width: 18px;
        height: 18px;
        border-radius: 50%;
        background: #fff;
        content: "";
        transition: inset-inline-start 120ms;
      }
      .switch[aria-checked="true"] {
        background: var(--accent);
      }
      .switch[aria-checked="true"]::before {
        inset-inline-start: 23px;
      }
    `]}render(){let{key:C}=this;return t`<article class="card ${C.enabled?"":"off"}" aria-labelledby="name">
      <header>
        <h3 id="name">${C.name}</h3>
        ${C.damaged===null?t`<button
              class="switch"
              role="switch"
              aria-checked=${C.enabled}
              aria-label=${e("key_switch",{name:C.name})}
              @click=${()=>this.ask(C.enabled?"disable":"enable")}
            ></button>`:d}
      </header>
      ${C.chips.length===0?d:t`<div class="row chips">${C.chips.map(V=>this.chip(V))}</div>`}
      ${C.damaged===null?this.facts():t`<p class="error">${e("key_damaged",{field:C.damaged})}</p>`}
      <footer>
        <a class="button" href=${U}>${S(g2,16)} ${e("edit")}</a>
        ${C.damaged===null?this.button("rotate",u2):d}
        ${C.learning?this.button("proposal",O2):d}
        ${this.comparable&&C.damaged===null?this.button("compare",f1):d}
        ${this.button("delete",x2)}
      </footer>
    </article>`}facts(){let{key:C}=this;return t`<dl>
      <dt>${e("may")}</dt>
      <dd>${C.capabilities.map(V=>w("capability",V)).join(", ")||e("nothing")}</dd>
      <dt>${e("sees")}</dt>
      <dd>${C.everything?e("sees_everything",{count:y(C.entities)}):O("sees",C.entities)}</dd>
      ${C.services===null?d:t`<dt>${e("actions")}</dt>
            <dd>${C.services==="*"?e("all_actions"):O("actions",C.services.length)}</dd>`}
      <dt>${e("last_used")}</dt>
      <dd title=${C.last_used===null?"":r1(C.last_used)}>
        ${C.last_used===null?e("never"):c1(C.last_used)}
      </dd>
      <dt>${e("expires")}</dt>
      <dd title=${C.expires===null?"":r1(C.expires)}>
        ${C.expires===null?e("never"):c1(C.expires)}
      </dd>
    </dl>`}chip(C){return t`<span class="chip ${J5[C]??""}">${this.chipText(C)}</span>`}chipText(C){let{expires:V,connected:M,temporary:r}=this.key;if(C==="expires_soon"&&V!==null)return e("chip_expires_soon",{when:c1(V)});if(C==="connected"&&M>1)return e("chip_connections",{count:y(M)});let i=Math.min(...r.map(A=>A.until));return C==="temporary"&&r.length>0?e("chip_temporary_until",{when:c1(i)}):w("chip",C)}button(C,V){return t`<button class="button ${C==="delete"?"danger":""}" @click=${()=>this.ask(C)}>
      ${S(V,16)} ${e(`task_${C}`)} <span class="hidden">${this.key.name}</span>
    </button>`}ask(C){this.dispatchEvent(new CustomEvent("task",{detail:C}))}};o([a({attribute:!1})],p1.prototype,"key",2),o([a({type:Boolean})],p1.prototype,"comparable",2),o([a()],p1.prototype,"language",2);x("drawbridge-key-card",p1);var G=class extends l{static{this.styles=[s,A1]}firstUpdated(){this.load()}render(){return t`<drawbridge-dialog heading=${e("proposal_heading",{name:this.key.name})} @closed=${this.closed}>
      ${this.content()}
      <button slot="actions" class="button" @click=${()=>this.dialog.close()}>${e("close")}</button>
      ${this.found===void 0?d:t`<a slot="actions" class="button main" href=${U}>${e("proposal_review")}</a>`}
    </drawbridge-dialog>`}content(){if(this.error!==void 0)return t`<p role="alert">${this.problem(this.error)}</p>`;if(this.found===void 0)return t`<p class="faint" role="status">${e("loading")}</p>`;let{used:H,refused:C,unused:V,doubtful:M,left_out:r,since:i,requests:A,keep_scope:p}=this.found,Z={capabilities:[],entities:r,services:M,events:[]};return t`
      <p>${O("proposal_requests",A,{since:r1(i)})}</p>
      ${I(this.hass,e("proposal_used"),H,"=","good")}
      ${M.length+r.length===0?d:I(this.hass,e("proposal_left_out"),Z,"×","alert")}
      ${I(this.hass,e("proposal_refused"),C,"×","bad")}
      ${I(this.hass,e("proposal_unused"),V,"−","alert")}
      ${p?t`<p class="notice">${e("proposal_keep_scope")}</p>`:d}
    `}problem(H){return typeof H=="object"&&H!==null&&"code"in H&&H.code==="not_found"?e("proposal_none"):h(H)}async load(){try{this.found=await this.api.proposal(this.key.id)}catch(H){this.error=H}}closed(){this.dispatchEvent(new CustomEvent("closed"))}};o([a({attribute:!1})],G.prototype,"api",2),o([a({attribute:!1})],G.prototype,"hass",2),o([a({attribute:!1})],G.prototype,"key",2),o([m()],G.prototype,"found",2),o([m()],G.prototype,"error",2),o([b("drawbridge-dialog")],G.prototype,"dialog",2);x("drawbridge-proposal-dialog",G);var C3=[[0,"overlap_none"],[3600,"overlap_hour"],[86400,"overlap_day"],[604800,"overlap_week"]],H3=86400,P=class extends l{constructor(){super(...arguments);this.overlap=H3;this.busy=!1;this.copied=""}static{this.styles=[s,v`
      .copyable {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 4px 4px 4px 12px;
        border: 1px solid var(--line);
        border-radius: 8px;
      }
      .copyable code {
        flex: 1;
        white-space: pre-wrap;
      }
    `]}render(){let C=e("rotate_heading",{name:this.key.name});return t`<drawbridge-dialog heading=${C} ?locked=${this.made!==void 0||this.busy} @closed=${this.closed}>
      ${this.made===void 0?this.choice():this.secret(this.made)}
    </drawbridge-dialog>`}choice(){return t`
      <p>${e("rotate_text")}</p>
      <label class="field">
        <span>${e("overlap")}</span>
        <select @change=${this.choose}>
          ${C3.map(([C,V])=>t`<option value=${C} ?selected=${C===this.overlap}>${e(V)}</option>`)}
        </select>
      </label>
      ${this.error===void 0?d:t`<p class="error" role="alert">${h(this.error)}</p>`}
      <button slot="actions" class="button" @click=${()=>this.dialog.close()}>${e("cancel")}</button>
      <button slot="actions" class="button main" ?disabled=${this.busy} @click=${this.rotate}>
        ${e("task_rotate")}
      </button>
    `}secret(C){let[V=""]=C.urls,M=`curl -H "Authorization: Bearer ${C.secret}" ${V}/api/states`;return t`
      <p role="status"><strong>${e("secret_once")}</strong></p>
      ${this.copyable(e("secret"),C.secret)}
      ${C.urls.map(r=>this.copyable(e("address"),r))}
      ${V===""?d:this.copyable(e("try_it"),M)}
      <span role="status" class="faint">${this.copied}</span>
      <button slot="actions" class="button main" @click=${()=>this.dialog.close()}>${e("secret_done")}</button>
    `}copyable(C,V){return t`<div>
      <div class="faint">${C}</div>
      <div class="copyable">
        <code>${V}</code>
        <button class="icon-button" aria-label=${e("copy",{what:C})} @click=${()=>this.copy(C,V)}>
          ${S(v2)}
        </button>
      </div>
    </div>`}async copy(C,V){let M=await e5(V,this.dialog);this.copied=e(M?"copied":"not_copied",{what:C})}choose(C){this.overlap=Number(C.target.value)}async rotate(){this.busy=!0,this.error=void 0;try{this.made=await this.api.rotate(this.key.id,this.overlap)}catch(C){this.error=C}finally{this.busy=!1}}closed(){this.made=void 0,this.dispatchEvent(new CustomEvent("closed"))}};o([a({attribute:!1})],P.prototype,"api",2),o([a({attribute:!1})],P.prototype,"key",2),o([m()],P.prototype,"overlap",2),o([m()],P.prototype,"made",2),o([m()],P.prototype,"error",2),o([m()],P.prototype,"busy",2),o([m()],P.prototype,"copied",2),o([b("drawbridge-dialog")],P.prototype,"dialog",2);x("drawbridge-rotate-dialog",P);var Q=class extends l{constructor(){super(...arguments);this.keys=[];this.loading=!1;this.language=""}static{this.styles=[s,v`
      :host {
        display: grid;
        gap: 16px;
      }
      .tools {
        justify-content: flex-end;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(340px, 100%), 1fr));
        gap: 12px;
      }
      li {
        display: grid;
      }
    `]}render(){return this.keys.length===0?this.empty():t`
      <div class="row tools">
        ${this.keys.length<2?d:t`<button class="button" @click=${this.compareFirst}>${S(f1)} ${e("compare")}</button>`}
        <a class="button main" href=${U}>${S(j1)} ${e("add_key")}</a>
      </div>
      <ul aria-label=${e("tab_keys")}>
        ${z1(this.keys,C=>C.id,C=>t`<li>
            <drawbridge-key-card
              .key=${C}
              .comparable=${this.keys.length>1}
              .language=${this.language}
              @task=${V=>this.begin(V.detail,C)}
            ></drawbridge-key-card>
          </li>`)}
      </ul>
      ${this.dialog()}
    `}empty(){return this.loading?t`<p class="empty" role="status">${e("loading")}</p>`:t`<div class="empty">
      ${S(c2)}
      <h2>${e("keys_empty")}</h2>
      <p>${e("keys_empty_hint")}</p>
      <a class="button main" href=${U}>${S(j1)} ${e("add_key")}</a>
    </div>`}dialog(){if(this.task===void 0)return d;let{name:C,key:V}=this.task,M=()=>{this.task=void 0};switch(C){case"rotate":return t`<drawbridge-rotate-dialog .api=${this.api} .key=${V} @closed=${M}></drawbridge-rotate-dialog>`;case"compare":return t`<drawbridge-compare-dialog
          .api=${this.api}
          .hass=${this.hass}
          .keys=${this.keys}
          .first=${V.id}
          @closed=${M}
        ></drawbridge-compare-dialog>`;case"proposal":return t`<drawbridge-proposal-dialog
          .api=${this.api}
          .hass=${this.hass}
          .key=${V}
          @closed=${M}
        ></drawbridge-proposal-dialog>`}}compareFirst(){let[C]=this.keys;C!==void 0&&(this.task={name:"compare",key:C})}async begin(C,V){try{C==="enable"||C==="disable"?await this.setEnabled(V,C==="enable"):C==="delete"?await this.delete(V):this.task={name:C,key:V}}catch(M){J(this,{text:h(M)}),this.keys=[...this.keys.map(r=>({...r}))]}}async setEnabled(C,V){await this.api.setEnabled(C.id,V),J(this,{text:e(V?"key_enabled":"key_disabled",{name:C.name})})}async delete(C){let{undo:V,until:M}=await this.api.delete(C.id),r=async()=>{await this.api.undo(V),J(this,{text:e("key_restored",{name:C.name})})};J(this,{text:e("key_deleted",{name:C.name}),action:{label:e("undo"),run:r},until:M})}};o([a({attribute:!1})],Q.prototype,"hass",2),o([a({attribute:!1})],Q.prototype,"api",2),o([a({attribute:!1})],Q.prototype,"keys",2),o([a({type:Boolean})],Q.prototype,"loading",2),o([a()],Q.prototype,"language",2),o([m()],Q.prototype,"task",2);x("drawbridge-keys-view",Q);var Z5=v`
  :host {
    display: block;
    min-height: 100vh;
    background: var(--primary-background-color, #fafafa);
    font-family: var(--ha-font-family-body, Roboto, Noto, sans-serif);
  }
  header {
    position: sticky;
    z-index: 4;
    top: 0;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 24px;
    min-height: var(--header-height, 56px);
    padding: 0 16px;
    border-bottom: var(--app-header-border-bottom, none);
    background: var(--app-header-background-color, var(--primary-color, #03a9f4));
    color: var(--app-header-text-color, #fff);
  }
  h1 {
    margin: 0;
    font-size: 20px;
    font-weight: 400;
  }
  [role="tablist"] {
    display: flex;
    align-self: stretch;
  }
  [role="tab"] {
    min-height: 48px;
    padding: 0 16px;
    border: 0;
    border-bottom: 3px solid transparent;
    background: none;
    font-weight: 500;
    opacity: 0.8;
  }
  [role="tab"][aria-selected="true"] {
    border-bottom-color: currentColor;
    opacity: 1;
  }
  [role="tab"]:focus-visible {
    outline-color: currentColor;
    outline-offset: -4px;
  }
  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 12px;
    max-width: 1280px;
    margin: 0 auto;
    padding: 16px 16px 88px;
  }
  :host([narrow]) header {
    gap: 0 8px;
    padding: 0 4px;
  }
  :host([narrow]) [role="tablist"] {
    width: 100%;
  }
  :host([narrow]) [role="tab"] {
    flex: 1;
  }
  :host([narrow]) main {
    padding: 12px 8px 88px;
  }
`;var S1=class{constructor(H,C,V){this.command=H;this.receive=C;this.changed=V;this.status="loading";this.attempt=0;this.losses=0;this.retryMs=500;this.again=()=>{this.abandon(),this.subscribe(this.attempt)};this.lost=()=>{this.losses+=1,this.abandon(),this.unsubscribe=void 0,this.retryMs=500,this.become("offline")}}start(H){this.connection!==H&&(this.stop(),this.connection=H,H.addEventListener("ready",this.again),H.addEventListener("disconnected",this.lost),this.again())}stop(){this.connection?.removeEventListener("ready",this.again),this.connection?.removeEventListener("disconnected",this.lost),this.connection=void 0,this.abandon();let H=this.unsubscribe;this.unsubscribe=void 0,H?.().catch(()=>{})}abandon(){this.attempt+=1,window.clearTimeout(this.timer)}async subscribe(H){let{connection:C,losses:V}=this;if(C===void 0)return;let M=r=>{H===this.attempt&&("closed"in r?this.retry({code:"not_loaded"}):this.receive(r))};try{let r=await C.subscribeMessage(M,this.command,{resubscribe:!1});if(H!==this.attempt){V===this.losses&&r().catch(()=>{});return}this.unsubscribe=r,this.retryMs=500,this.become("live")}catch(r){H===this.attempt&&this.retry(r)}}retry(H){this.abandon(),this.unsubscribe=void 0,this.become({error:H}),this.timer=window.setTimeout(this.again,this.retryMs),this.retryMs=Math.min(this.retryMs*2,1e4)}become(H){this.status=H,this.changed()}};var V3=8,h1=class extends l{constructor(){super(...arguments);this.left=0}static{this.styles=[s,v`
      .bar {
        position: fixed;
        z-index: 5;
        bottom: max(16px, env(safe-area-inset-bottom));
        left: 50%;
        display: flex;
        align-items: center;
        gap: 8px;
        width: max-content;
        max-width: calc(100vw - 32px);
        padding: 6px 8px 6px 20px;
        border-radius: 12px;
        background: #323232;
        color: #fff;
        box-shadow: 0 4px 16px rgba(0, 0, 0, 0.35);
        transform: translateX(-50%);
      }
      .bar .button {
        border: 0;
        color: #80d8ff;
        white-space: nowrap;
      }
    `]}show(C){this.message=C;let V=C.until??Date.now()/1e3+V3;window.clearInterval(this.timer),this.timer=window.setInterval(()=>this.tick(V),250),this.tick(V)}disconnectedCallback(){super.disconnectedCallback(),window.clearInterval(this.timer)}render(){return t`<div role="status">${this.message===void 0?d:this.bar(this.message)}</div>`}bar(C){let{action:V}=C;return t`<div class="bar">
      <span>${C.text}</span>
      ${V===void 0?d:t`<button class="button" @click=${()=>this.run(V.run)}>
            ${V.label} <span aria-hidden="true">${C.until===void 0?"":y(this.left)}</span>
          </button>`}
      <button class="icon-button" aria-label=${e("close")} @click=${this.hide}>${S(g1)}</button>
    </div>`}tick(C){this.left=Math.ceil(C-Date.now()/1e3),this.left<=0&&this.hide()}hide(){window.clearInterval(this.timer),this.message=void 0}async run(C){this.hide();try{await C()}catch(V){this.show({text:h(V)})}}};o([m()],h1.prototype,"message",2),o([m()],h1.prototype,"left",2);x("drawbridge-snack-bar",h1);var n1=["activity","keys","access"],M3=["connection","locale","config","themes","dockedSidebar","entities","devices","areas"];function e3(L,H){return H===void 0||M3.some(C=>L[C]!==H[C])}var K=class extends l{constructor(){super(...arguments);this.narrow=!1;this.route={prefix:"/drawbridge",path:""};this.keys=[];this.records=[];this.api=new K1(()=>this.hass);this.actions=new G1;this.kept=new U1;this.changed=()=>this.requestUpdate();this.ofKeys=new S1({type:"drawbridge/keys/subscribe"},C=>this.keys=C.keys,this.changed);this.ofActivity=new S1({type:"drawbridge/activity/subscribe",limit:1e3},C=>{this.kept.take(C),this.records=this.kept.all},this.changed)}static{this.styles=[s,Z5]}get tab(){return n1.find(C=>this.route.path.startsWith(`/${C}`))??"activity"}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.subscribe()}disconnectedCallback(){super.disconnectedCallback(),this.ofKeys.stop(),this.ofActivity.stop()}willUpdate(C){C.has("hass")&&(K2(this.hass),this.style.colorScheme=this.hass.themes?.darkMode===!0?"dark":"light",C.get("hass")?.locale.language!==this.hass.locale.language&&this.loadActions(),this.subscribe())}render(){return t`
      <header>
        ${this.narrow||this.hass.dockedSidebar==="always_hidden"?t`<button class="icon-button" aria-label=${e("menu")} @click=${this.toggleMenu}>
              ${S(S2,24)}
            </button>`:d}
        <h1>Drawbridge</h1>
        <div role="tablist" aria-label="Drawbridge" @keydown=${this.pressTab}>
          ${n1.map(C=>this.tabButton(C))}
        </div>
      </header>
      <main
        id="view"
        role="tabpanel"
        aria-labelledby="tab-${this.tab}"
        @drawbridge-message=${C=>this.snackBar.show(C.detail)}
      >
        ${this.banner()} ${this.view()}
      </main>
      <drawbridge-snack-bar></drawbridge-snack-bar>
    `}tabButton(C){let V=C===this.tab;return t`<button
      id="tab-${C}"
      role="tab"
      aria-selected=${V}
      aria-controls="view"
      tabindex=${V?0:-1}
      @click=${()=>this.go(C)}
    >
      ${e(`tab_${C}`)}
    </button>`}view(){let{language:C}=this.hass.locale;switch(this.tab){case"activity":return t`<drawbridge-activity-view
          .hass=${this.hass}
          .api=${this.api}
          .actions=${this.actions}
          .records=${this.records}
          .missed=${this.kept.missed}
          .keys=${this.keys}
          .loading=${this.ofActivity.status!=="live"}
          .language=${C}
        ></drawbridge-activity-view>`;case"keys":return t`<drawbridge-keys-view
          .hass=${this.hass}
          .api=${this.api}
          .keys=${this.keys}
          .loading=${this.ofKeys.status!=="live"}
          .language=${C}
        ></drawbridge-keys-view>`;case"access":return t`<drawbridge-access-view
          .hass=${this.hass}
          .api=${this.api}
          .keys=${this.keys}
          .narrow=${this.narrow}
          .language=${C}
        ></drawbridge-access-view>`}}banner(){let C=[this.ofKeys.status,this.ofActivity.status],V=C.find(M=>typeof M=="object");return C.includes("offline")?t`<p class="notice" role="alert">${e("offline")}</p>`:V===void 0?d:t`<p class="notice" role="alert">${h(V.error)} <a href=${U}>${e("open_settings")}</a></p>`}subscribe(){this.ofKeys.start(this.hass.connection),this.ofActivity.start(this.hass.connection)}async loadActions(){await this.actions.load(this.hass),this.records=[...this.records]}go(C){history.pushState(null,"",`${this.route.prefix}/${C}`),window.dispatchEvent(new CustomEvent("location-changed",{detail:{replace:!1}}))}pressTab(C){let M={ArrowLeft:-1,ArrowRight:1}[C.key];if(M===void 0)return;let r=n1[(n1.indexOf(this.tab)+M+n1.length)%n1.length]??"activity";this.go(r),this.renderRoot.querySelector(`#tab-${r}`)?.focus()}toggleMenu(){this.dispatchEvent(new CustomEvent("hass-toggle-menu",{bubbles:!0,composed:!0}))}};o([a({attribute:!1,hasChanged:e3})],K.prototype,"hass",2),o([a({type:Boolean,reflect:!0})],K.prototype,"narrow",2),o([a({attribute:!1})],K.prototype,"route",2),o([m()],K.prototype,"keys",2),o([m()],K.prototype,"records",2),o([b("drawbridge-snack-bar")],K.prototype,"snackBar",2);x("drawbridge-panel",K);export{K as DrawbridgePanel};
