// Built from frontend/ by scripts/build_panel. Do not edit.
var B5=Object.defineProperty;var P5=Object.getOwnPropertyDescriptor;var i=(e,H,C,V)=>{for(var L=V>1?void 0:V?P5(H,C):H,t=e.length-1,a;t>=0;t--)(a=e[t])&&(L=(V?a(H,C,L):a(L))||L);return V&&L&&B5(H,C,L),L};var f2="M7.41,8.58L12,13.17L16.59,8.58L18,10L12,16L6,10L7.41,8.58Z";var y2="M19,3H14.82C14.4,1.84 13.3,1 12,1C10.7,1 9.6,1.84 9.18,3H5A2,2 0 0,0 3,5V19A2,2 0 0,0 5,21H19A2,2 0 0,0 21,19V5A2,2 0 0,0 19,3M12,3A1,1 0 0,1 13,4A1,1 0 0,1 12,5A1,1 0 0,1 11,4A1,1 0 0,1 12,3M7,7H17V5H19V19H5V5H7V7M7.5,13.5L9,12L11,14L15.5,9.5L17,11L11,17L7.5,13.5Z";var l1="M19,6.41L17.59,5L12,10.59L6.41,5L5,6.41L10.59,12L5,17.59L6.41,19L12,13.41L17.59,19L19,17.59L13.41,12L19,6.41Z";var F1="M9 14H2V16H9V19L13 15L9 11V14M15 13V10H22V8H15V5L11 9L15 13Z";var O2="M19,21H8V7H19M19,5H8A2,2 0 0,0 6,7V21A2,2 0 0,0 8,23H19A2,2 0 0,0 21,21V7A2,2 0 0,0 19,5M16,1H4A2,2 0 0,0 2,3V17H4V3H16V1Z";var _2="M19,4H15.5L14.5,3H9.5L8.5,4H5V6H19M6,19A2,2 0 0,0 8,21H16A2,2 0 0,0 18,19V7H6V19Z";var k2="M12,3C10.89,3 10,3.89 10,5H3V19H2V21H22V19H21V5C21,3.89 20.11,3 19,3H12M12,5H19V19H12V5M5,11H7V13H5V11Z";var b2="M5,20H19V18H5M19,9H15V3H9V9H5L12,16L19,9Z";var w2="M13 24C9.74 24 6.81 22 5.6 19L2.57 11.37C2.26 10.58 3 9.79 3.81 10.05L4.6 10.31C5.16 10.5 5.62 10.92 5.84 11.47L7.25 15H8V3.25C8 2.56 8.56 2 9.25 2S10.5 2.56 10.5 3.25V12H11.5V1.25C11.5 .56 12.06 0 12.75 0S14 .56 14 1.25V12H15V2.75C15 2.06 15.56 1.5 16.25 1.5C16.94 1.5 17.5 2.06 17.5 2.75V12H18.5V5.75C18.5 5.06 19.06 4.5 19.75 4.5S21 5.06 21 5.75V16C21 20.42 17.42 24 13 24Z";var T2="M7.5 2C9.5 2 11.1 3.2 11.7 5H21V8H18V11H15V8H11.7C11.1 9.8 9.4 11 7.5 11C5 11 3 9 3 6.5S5 2 7.5 2M7.5 5C6.7 5 6 5.7 6 6.5S6.7 8 7.5 8 9 7.3 9 6.5 8.3 5 7.5 5M7.5 13C9.5 13 11.1 14.2 11.7 16H21V19H20V22H18V19H16V22H13V19H11.7C11.1 20.8 9.4 22 7.5 22C5 22 3 20 3 17.5S5 13 7.5 13M7.5 16C6.7 16 6 16.7 6 17.5S6.7 19 7.5 19 9 18.3 9 17.5 8.3 16 7.5 16Z";var M2="M7.5 3C9.5 3 11.1 4.2 11.7 6H21V9H18V12H15V9H11.7C11.1 10.8 9.4 12 7.5 12C5 12 3 10 3 7.5S5 3 7.5 3M7.5 6C6.7 6 6 6.7 6 7.5S6.7 9 7.5 9 9 8.3 9 7.5 8.3 6 7.5 6M8 17H11V14H13V17H16V19H13V22H11V19H8V17Z";var B2="M22,18V22H18V19H15V16H12L9.74,13.74C9.19,13.91 8.61,14 8,14A6,6 0 0,1 2,8A6,6 0 0,1 8,2A6,6 0 0,1 14,8C14,8.61 13.91,9.19 13.74,9.74L22,18M7,5A2,2 0 0,0 5,7A2,2 0 0,0 7,9A2,2 0 0,0 9,7A2,2 0 0,0 7,5Z";var P2="M3,6H21V8H3V6M3,11H21V13H3V11M3,16H21V18H3V16Z";var R2="M14,19H18V5H14M6,19H10V5H6V19Z";var F2="M20.71,7.04C21.1,6.65 21.1,6 20.71,5.63L18.37,3.29C18,2.9 17.35,2.9 16.96,3.29L15.12,5.12L18.87,8.87M3,17.25V21H6.75L17.81,9.93L14.06,6.18L3,17.25Z";var D2="M8,5.14V19.14L19,12.14L8,5.14Z";var $2="M19,13H13V19H11V13H5V11H11V5H13V11H19V13Z";var E2="M12,3L1,9L12,15L21,10.09V17H23V9M5,13.18V17.18L12,21L19,17.18V13.18L12,17L5,13.18Z";/**
 * @license
 * Copyright 2019 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var D1=globalThis,$1=D1.ShadowRoot&&(D1.ShadyCSS===void 0||D1.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,t2=Symbol(),N2=new WeakMap,y1=class{constructor(H,C,V){if(this._$cssResult$=!0,V!==t2)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=H,this.t=C}get styleSheet(){let H=this.o,C=this.t;if($1&&H===void 0){let V=C!==void 0&&C.length===1;V&&(H=N2.get(C)),H===void 0&&((this.o=H=new CSSStyleSheet).replaceSync(this.cssText),V&&N2.set(C,H))}return H}toString(){return this.cssText}},W2=e=>new y1(typeof e=="string"?e:e+"",void 0,t2),s=(e,...H)=>{let C=e.length===1?e[0]:H.reduce((V,L,t)=>V+(a=>{if(a._$cssResult$===!0)return a.cssText;if(typeof a=="number")return a;throw Error("Value passed to 'css' function must be a 'css' function result: "+a+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(L)+e[t+1],e[0]);return new y1(C,e,t2)},z2=(e,H)=>{if($1)e.adoptedStyleSheets=H.map(C=>C instanceof CSSStyleSheet?C:C.styleSheet);else for(let C of H){let V=document.createElement("style"),L=D1.litNonce;L!==void 0&&V.setAttribute("nonce",L),V.textContent=C.cssText,e.appendChild(V)}},i2=$1?e=>e:e=>e instanceof CSSStyleSheet?(H=>{let C="";for(let V of H.cssRules)C+=V.cssText;return W2(C)})(e):e;/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var{is:R5,defineProperty:F5,getOwnPropertyDescriptor:D5,getOwnPropertyNames:$5,getOwnPropertySymbols:E5,getPrototypeOf:N5}=Object,E1=globalThis,I2=E1.trustedTypes,W5=I2?I2.emptyScript:"",z5=E1.reactiveElementPolyfillSupport,O1=(e,H)=>e,_1={toAttribute(e,H){switch(H){case Boolean:e=e?W5:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,H){let C=e;switch(H){case Boolean:C=e!==null;break;case Number:C=e===null?null:Number(e);break;case Object:case Array:try{C=JSON.parse(e)}catch{C=null}}return C}},N1=(e,H)=>!R5(e,H),G2={attribute:!0,type:String,converter:_1,reflect:!1,useDefault:!1,hasChanged:N1};Symbol.metadata??=Symbol("metadata"),E1.litPropertyMetadata??=new WeakMap;var j=class extends HTMLElement{static addInitializer(H){this._$Ei(),(this.l??=[]).push(H)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(H,C=G2){if(C.state&&(C.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(H)&&((C=Object.create(C)).wrapped=!0),this.elementProperties.set(H,C),!C.noAccessor){let V=Symbol(),L=this.getPropertyDescriptor(H,V,C);L!==void 0&&F5(this.prototype,H,L)}}static getPropertyDescriptor(H,C,V){let{get:L,set:t}=D5(this.prototype,H)??{get(){return this[C]},set(a){this[C]=a}};return{get:L,set(a){let n=L?.call(this);t?.call(this,a),this.requestUpdate(H,n,V)},configurable:!0,enumerable:!0}}static getPropertyOptions(H){return this.elementProperties.get(H)??G2}static _$Ei(){if(this.hasOwnProperty(O1("elementProperties")))return;let H=N5(this);H.finalize(),H.l!==void 0&&(this.l=[...H.l]),this.elementProperties=new Map(H.elementProperties)}static finalize(){if(this.hasOwnProperty(O1("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(O1("properties"))){let C=this.properties,V=[...$5(C),...E5(C)];for(let L of V)this.createProperty(L,C[L])}let H=this[Symbol.metadata];if(H!==null){let C=litPropertyMetadata.get(H);if(C!==void 0)for(let[V,L]of C)this.elementProperties.set(V,L)}this._$Eh=new Map;for(let[C,V]of this.elementProperties){let L=this._$Eu(C,V);L!==void 0&&this._$Eh.set(L,C)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(H){let C=[];if(Array.isArray(H)){let V=new Set(H.flat(1/0).reverse());for(let L of V)C.unshift(i2(L))}else H!==void 0&&C.push(i2(H));return C}static _$Eu(H,C){let V=C.attribute;return V===!1?void 0:typeof V=="string"?V:typeof H=="string"?H.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(H=>this.enableUpdating=H),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(H=>H(this))}addController(H){(this._$EO??=new Set).add(H),this.renderRoot!==void 0&&this.isConnected&&H.hostConnected?.()}removeController(H){this._$EO?.delete(H)}_$E_(){let H=new Map,C=this.constructor.elementProperties;for(let V of C.keys())this.hasOwnProperty(V)&&(H.set(V,this[V]),delete this[V]);H.size>0&&(this._$Ep=H)}createRenderRoot(){let H=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return z2(H,this.constructor.elementStyles),H}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(H=>H.hostConnected?.())}enableUpdating(H){}disconnectedCallback(){this._$EO?.forEach(H=>H.hostDisconnected?.())}attributeChangedCallback(H,C,V){this._$AK(H,V)}_$ET(H,C){let V=this.constructor.elementProperties.get(H),L=this.constructor._$Eu(H,V);if(L!==void 0&&V.reflect===!0){let t=(V.converter?.toAttribute!==void 0?V.converter:_1).toAttribute(C,V.type);this._$Em=H,t==null?this.removeAttribute(L):this.setAttribute(L,t),this._$Em=null}}_$AK(H,C){let V=this.constructor,L=V._$Eh.get(H);if(L!==void 0&&this._$Em!==L){let t=V.getPropertyOptions(L),a=typeof t.converter=="function"?{fromAttribute:t.converter}:t.converter?.fromAttribute!==void 0?t.converter:_1;this._$Em=L;let n=a.fromAttribute(C,t.type);this[L]=n??this._$Ej?.get(L)??n,this._$Em=null}}requestUpdate(H,C,V,L=!1,t){if(H!==void 0){let a=this.constructor;if(L===!1&&(t=this[H]),V??=a.getPropertyOptions(H),!((V.hasChanged??N1)(t,C)||V.useDefault&&V.reflect&&t===this._$Ej?.get(H)&&!this.hasAttribute(a._$Eu(H,V))))return;this.C(H,C,V)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(H,C,{useDefault:V,reflect:L,wrapped:t},a){V&&!(this._$Ej??=new Map).has(H)&&(this._$Ej.set(H,a??C??this[H]),t!==!0||a!==void 0)||(this._$AL.has(H)||(this.hasUpdated||V||(C=void 0),this._$AL.set(H,C)),L===!0&&this._$Em!==H&&(this._$Eq??=new Set).add(H))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(C){Promise.reject(C)}let H=this.scheduleUpdate();return H!=null&&await H,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[L,t]of this._$Ep)this[L]=t;this._$Ep=void 0}let V=this.constructor.elementProperties;if(V.size>0)for(let[L,t]of V){let{wrapped:a}=t,n=this[L];a!==!0||this._$AL.has(L)||n===void 0||this.C(L,void 0,t,n)}}let H=!1,C=this._$AL;try{H=this.shouldUpdate(C),H?(this.willUpdate(C),this._$EO?.forEach(V=>V.hostUpdate?.()),this.update(C)):this._$EM()}catch(V){throw H=!1,this._$EM(),V}H&&this._$AE(C)}willUpdate(H){}_$AE(H){this._$EO?.forEach(C=>C.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(H)),this.updated(H)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(H){return!0}update(H){this._$Eq&&=this._$Eq.forEach(C=>this._$ET(C,this[C])),this._$EM()}updated(H){}firstUpdated(H){}};j.elementStyles=[],j.shadowRootOptions={mode:"open"},j[O1("elementProperties")]=new Map,j[O1("finalized")]=new Map,z5?.({ReactiveElement:j}),(E1.reactiveElementVersions??=[]).push("2.1.2");/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var o2=globalThis,U2=e=>e,W1=o2.trustedTypes,j2=W1?W1.createPolicy("lit-html",{createHTML:e=>e}):void 0,A2="$lit$",Q=`lit$${Math.random().toFixed(9).slice(2)}$`,n2="?"+Q,I5=`<${n2}>`,o1=document,b1=()=>o1.createComment(""),w1=e=>e===null||typeof e!="object"&&typeof e!="function",d2=Array.isArray,J2=e=>d2(e)||typeof e?.[Symbol.iterator]=="function",a2=`[ 	
\f\r]`,k1=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Q2=/-->/g,q2=/>/g,i1=RegExp(`>|${a2}(?:([^\\s"'>=/]+)(${a2}*=${a2}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),K2=/'/g,X2=/"/g,C5=/^(?:script|style|textarea|title)$/i,p2=e=>(H,...C)=>({_$litType$:e,strings:H,values:C}),M=p2(1),w3=p2(2),T3=p2(3),q=Symbol.for("lit-noChange"),A=Symbol.for("lit-nothing"),Y2=new WeakMap,a1=o1.createTreeWalker(o1,129);function H5(e,H){if(!d2(e)||!e.hasOwnProperty("raw"))throw Error("invalid template strings array");return j2!==void 0?j2.createHTML(H):H}var V5=(e,H)=>{let C=e.length-1,V=[],L,t=H===2?"<svg>":H===3?"<math>":"",a=k1;for(let n=0;n<C;n++){let d=e[n],u,h,m=-1,g=0;for(;g<d.length&&(a.lastIndex=g,h=a.exec(d),h!==null);)g=a.lastIndex,a===k1?h[1]==="!--"?a=Q2:h[1]!==void 0?a=q2:h[2]!==void 0?(C5.test(h[2])&&(L=RegExp("</"+h[2],"g")),a=i1):h[3]!==void 0&&(a=i1):a===i1?h[0]===">"?(a=L??k1,m=-1):h[1]===void 0?m=-2:(m=a.lastIndex-h[2].length,u=h[1],a=h[3]===void 0?i1:h[3]==='"'?X2:K2):a===X2||a===K2?a=i1:a===Q2||a===q2?a=k1:(a=i1,L=void 0);let c=a===i1&&e[n+1].startsWith("/>")?" ":"";t+=a===k1?d+I5:m>=0?(V.push(u),d.slice(0,m)+A2+d.slice(m)+Q+c):d+Q+(m===-2?n:c)}return[H5(e,t+(e[C]||"<?>")+(H===2?"</svg>":H===3?"</math>":"")),V]},T1=class e{constructor({strings:H,_$litType$:C},V){let L;this.parts=[];let t=0,a=0,n=H.length-1,d=this.parts,[u,h]=V5(H,C);if(this.el=e.createElement(u,V),a1.currentNode=this.el.content,C===2||C===3){let m=this.el.content.firstChild;m.replaceWith(...m.childNodes)}for(;(L=a1.nextNode())!==null&&d.length<n;){if(L.nodeType===1){if(L.hasAttributes())for(let m of L.getAttributeNames())if(m.endsWith(A2)){let g=h[a++],c=L.getAttribute(m).split(Q),_=/([.?@])?(.*)/.exec(g);d.push({type:1,index:t,name:_[2],strings:c,ctor:_[1]==="."?I1:_[1]==="?"?G1:_[1]==="@"?U1:n1}),L.removeAttribute(m)}else m.startsWith(Q)&&(d.push({type:6,index:t}),L.removeAttribute(m));if(C5.test(L.tagName)){let m=L.textContent.split(Q),g=m.length-1;if(g>0){L.textContent=W1?W1.emptyScript:"";for(let c=0;c<g;c++)L.append(m[c],b1()),a1.nextNode(),d.push({type:2,index:++t});L.append(m[g],b1())}}}else if(L.nodeType===8)if(L.data===n2)d.push({type:2,index:t});else{let m=-1;for(;(m=L.data.indexOf(Q,m+1))!==-1;)d.push({type:7,index:t}),m+=Q.length-1}t++}}static createElement(H,C){let V=o1.createElement("template");return V.innerHTML=H,V}};function A1(e,H,C=e,V){if(H===q)return H;let L=V!==void 0?C._$Co?.[V]:C._$Cl,t=w1(H)?void 0:H._$litDirective$;return L?.constructor!==t&&(L?._$AO?.(!1),t===void 0?L=void 0:(L=new t(e),L._$AT(e,C,V)),V!==void 0?(C._$Co??=[])[V]=L:C._$Cl=L),L!==void 0&&(H=A1(e,L._$AS(e,H.values),L,V)),H}var z1=class{constructor(H,C){this._$AV=[],this._$AN=void 0,this._$AD=H,this._$AM=C}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(H){let{el:{content:C},parts:V}=this._$AD,L=(H?.creationScope??o1).importNode(C,!0);a1.currentNode=L;let t=a1.nextNode(),a=0,n=0,d=V[0];for(;d!==void 0;){if(a===d.index){let u;d.type===2?u=new m1(t,t.nextSibling,this,H):d.type===1?u=new d.ctor(t,d.name,d.strings,this,H):d.type===6&&(u=new j1(t,this,H)),this._$AV.push(u),d=V[++n]}a!==d?.index&&(t=a1.nextNode(),a++)}return a1.currentNode=o1,L}p(H){let C=0;for(let V of this._$AV)V!==void 0&&(V.strings!==void 0?(V._$AI(H,V,C),C+=V.strings.length-2):V._$AI(H[C])),C++}},m1=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(H,C,V,L){this.type=2,this._$AH=A,this._$AN=void 0,this._$AA=H,this._$AB=C,this._$AM=V,this.options=L,this._$Cv=L?.isConnected??!0}get parentNode(){let H=this._$AA.parentNode,C=this._$AM;return C!==void 0&&H?.nodeType===11&&(H=C.parentNode),H}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(H,C=this){H=A1(this,H,C),w1(H)?H===A||H==null||H===""?(this._$AH!==A&&this._$AR(),this._$AH=A):H!==this._$AH&&H!==q&&this._(H):H._$litType$!==void 0?this.$(H):H.nodeType!==void 0?this.T(H):J2(H)?this.k(H):this._(H)}O(H){return this._$AA.parentNode.insertBefore(H,this._$AB)}T(H){this._$AH!==H&&(this._$AR(),this._$AH=this.O(H))}_(H){this._$AH!==A&&w1(this._$AH)?this._$AA.nextSibling.data=H:this.T(o1.createTextNode(H)),this._$AH=H}$(H){let{values:C,_$litType$:V}=H,L=typeof V=="number"?this._$AC(H):(V.el===void 0&&(V.el=T1.createElement(H5(V.h,V.h[0]),this.options)),V);if(this._$AH?._$AD===L)this._$AH.p(C);else{let t=new z1(L,this),a=t.u(this.options);t.p(C),this.T(a),this._$AH=t}}_$AC(H){let C=Y2.get(H.strings);return C===void 0&&Y2.set(H.strings,C=new T1(H)),C}k(H){d2(this._$AH)||(this._$AH=[],this._$AR());let C=this._$AH,V,L=0;for(let t of H)L===C.length?C.push(V=new e(this.O(b1()),this.O(b1()),this,this.options)):V=C[L],V._$AI(t),L++;L<C.length&&(this._$AR(V&&V._$AB.nextSibling,L),C.length=L)}_$AR(H=this._$AA.nextSibling,C){for(this._$AP?.(!1,!0,C);H!==this._$AB;){let V=U2(H).nextSibling;U2(H).remove(),H=V}}setConnected(H){this._$AM===void 0&&(this._$Cv=H,this._$AP?.(H))}},n1=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(H,C,V,L,t){this.type=1,this._$AH=A,this._$AN=void 0,this.element=H,this.name=C,this._$AM=L,this.options=t,V.length>2||V[0]!==""||V[1]!==""?(this._$AH=Array(V.length-1).fill(new String),this.strings=V):this._$AH=A}_$AI(H,C=this,V,L){let t=this.strings,a=!1;if(t===void 0)H=A1(this,H,C,0),a=!w1(H)||H!==this._$AH&&H!==q,a&&(this._$AH=H);else{let n=H,d,u;for(H=t[0],d=0;d<t.length-1;d++)u=A1(this,n[V+d],C,d),u===q&&(u=this._$AH[d]),a||=!w1(u)||u!==this._$AH[d],u===A?H=A:H!==A&&(H+=(u??"")+t[d+1]),this._$AH[d]=u}a&&!L&&this.j(H)}j(H){H===A?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,H??"")}},I1=class extends n1{constructor(){super(...arguments),this.type=3}j(H){this.element[this.name]=H===A?void 0:H}},G1=class extends n1{constructor(){super(...arguments),this.type=4}j(H){this.element.toggleAttribute(this.name,!!H&&H!==A)}},U1=class extends n1{constructor(H,C,V,L,t){super(H,C,V,L,t),this.type=5}_$AI(H,C=this){if((H=A1(this,H,C,0)??A)===q)return;let V=this._$AH,L=H===A&&V!==A||H.capture!==V.capture||H.once!==V.once||H.passive!==V.passive,t=H!==A&&(V===A||L);L&&this.element.removeEventListener(this.name,this,V),t&&this.element.addEventListener(this.name,this,H),this._$AH=H}handleEvent(H){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,H):this._$AH.handleEvent(H)}},j1=class{constructor(H,C,V){this.element=H,this.type=6,this._$AN=void 0,this._$AM=C,this.options=V}get _$AU(){return this._$AM._$AU}_$AI(H){A1(this,H)}},L5={M:A2,P:Q,A:n2,C:1,L:V5,R:z1,D:J2,V:A1,I:m1,H:n1,N:G1,U:U1,B:I1,F:j1},G5=o2.litHtmlPolyfillSupport;G5?.(T1,m1),(o2.litHtmlVersions??=[]).push("3.3.3");var e5=(e,H,C)=>{let V=C?.renderBefore??H,L=V._$litPart$;if(L===void 0){let t=C?.renderBefore??null;V._$litPart$=L=new m1(H.insertBefore(b1(),t),t,void 0,C??{})}return L._$AI(e),L};/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var l2=globalThis,l=class extends j{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let H=super.createRenderRoot();return this.renderOptions.renderBefore??=H.firstChild,H}update(H){let C=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(H),this._$Do=e5(C,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return q}};l._$litElement$=!0,l.finalized=!0,l2.litElementHydrateSupport?.({LitElement:l});var U5=l2.litElementPolyfillSupport;U5?.({LitElement:l});(l2.litElementVersions??=[]).push("4.2.2");/**
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
 */var j5={attribute:!0,type:String,converter:_1,reflect:!1,hasChanged:N1},Q5=(e=j5,H,C)=>{let{kind:V,metadata:L}=C,t=globalThis.litPropertyMetadata.get(L);if(t===void 0&&globalThis.litPropertyMetadata.set(L,t=new Map),V==="setter"&&((e=Object.create(e)).wrapped=!0),t.set(C.name,e),V==="accessor"){let{name:a}=C;return{set(n){let d=H.get.call(this);H.set.call(this,n),this.requestUpdate(a,d,e,!0,n)},init(n){return n!==void 0&&this.C(a,void 0,e,n),n}}}if(V==="setter"){let{name:a}=C;return function(n){let d=this[a];H.call(this,n),this.requestUpdate(a,d,e,!0,n)}}throw Error("Unsupported decorator location: "+V)};function o(e){return(H,C)=>typeof C=="object"?Q5(e,H,C):((V,L,t)=>{let a=L.hasOwnProperty(t);return L.constructor.createProperty(t,V),a?Object.getOwnPropertyDescriptor(L,t):void 0})(e,H,C)}/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */function p(e){return o({...e,state:!0,attribute:!1})}/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 *//**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var d1=(e,H,C)=>(C.configurable=!0,C.enumerable=!0,Reflect.decorate&&typeof H!="object"&&Object.defineProperty(e,H,C),C);/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */function w(e,H){return(C,V,L)=>{let t=a=>a.renderRoot?.querySelector(e)??null;if(H){let{get:a,set:n}=typeof V=="object"?C:L??(()=>{let d=Symbol();return{get(){return this[d]},set(u){this[d]=u}}})();return d1(C,V,{get(){let d=a.call(this);return d===void 0&&(d=t(this),(d!==null||this.hasUpdated)&&n.call(this,d)),d}})}return d1(C,V,{get(){return t(this)}})}}/**
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
 */var r5={access_cell:"{key} in {area}: sieht {read}, steuert {control}",access_entity_heading:"Wer erreicht eine Entität?",access_entity_text:"Wähle eine Entität, um zu sehen, welche Schlüssel sie lesen oder steuern können und warum.",access_map_heading:"Schlüssel nach Bereichen",access_map_text:"Wie viele Entitäten jeder Schlüssel sieht und steuert. Öffne eine Zahl, um die Entitäten zu sehen.",access_no_keys:"Es gibt noch keine Schlüssel.",access_nobody:"Kein Schlüssel kann diese Entität lesen oder steuern.",access_who:"Zeigen, welche Schlüssel {name} erreichen",action:"Aktion",actions:"Aktionen",actions_one:"{count} Aktion auf der Liste",actions_other:"{count} Aktionen auf der Liste",activity_empty:"Noch ist nichts geschehen",activity_empty_hint:"Anfragen erscheinen hier, sobald Programme sie stellen. Abgelehnte Anfragen kannst du hier auch erlauben.",activity_none_match:"Kein Eintrag passt zum Filter.",add_key:"API-Schlüssel hinzufügen",address:"Adresse",adds:"Das kommt hinzu",all:"Alle",all_actions:"Alle geprüften Aktionen",all_areas:"Alle Bereiche",all_entities:"alle Entitäten",all_events:"Alle Ereignisse",all_keys:"Alle Schlüssel",allow:"Erlauben",allow_hour:"Eine Stunde erlauben",allowed:"„{name}“ wurde geändert. Dieselbe Anfrage ist jetzt erlaubt.",allowed_hour:"„{name}“ darf das eine Stunde lang.",allowed_now:"Der Schlüssel dürfte das jetzt",and_more_one:"und {count} weitere",and_more_other:"und {count} weitere",approval_allowed:"Für „{name}“ erlaubt.",approval_always:"Immer erlauben …",approval_always_do:"Immer erlauben",approval_always_heading:"Danach nie wieder fragen?",approval_always_text:"Das kommt zu „Immer erlaubt“ in den Berechtigungen von „{name}“ hinzu, wo du es entfernen kannst:",approval_asks:"„{name}“ bittet um deine Genehmigung",approval_denied:"Für „{name}“ abgelehnt.",approval_deny:"Ablehnen",approval_full:"Der Schlüssel hat zu viele dauerhafte Genehmigungen, um eine weitere hinzuzufügen. In seinen Berechtigungen kannst du welche entfernen.",approval_once:"Einmal erlauben",approval_short:"15 Minuten erlauben",approvals_one:"{count} Anfrage wartet auf deine Antwort",approvals_other:"{count} Anfragen warten auf deine Antwort",area:"Bereich",both:"Beide Schlüssel",broad:"Mit dieser Änderung kann „{name}“ mehr als diese eine Anfrage:",broad_heading:"Mehr als diese Anfrage erlauben?",cancel:"Abbrechen",capability_control:"Aktionen aufrufen",capability_dashboard:"Seiten von Home Assistant öffnen",capability_fire_event:"Ereignisse auslösen",capability_history:"Verlauf und Logbuch lesen",capability_images:"Bilder und Kamerastreams ansehen",capability_location:"Standort des Zuhauses lesen",capability_metrics:"Drawbridge-Metriken lesen",capability_read:"Zustände lesen",capability_set_state:"Zustände direkt setzen",capability_template:"Templates auswerten",chip_connected:"Gerade verbunden",chip_connections:"Gerade {count} Verbindungen",chip_damaged:"Beschädigt",chip_expired:"Abgelaufen",chip_expires_soon:"Läuft {when} ab",chip_learning:"Lernt",chip_never_used:"Nie verwendet",chip_off:"Deaktiviert",chip_temporary:"Zeitweilige Berechtigungen",chip_temporary_until:"Zeitweilige Berechtigungen enden {when}",chip_tests_fail_one:"{count} Richtlinientest nicht bestanden",chip_tests_fail_other:"{count} Richtlinientests nicht bestanden",close:"Schließen",column_from:"Von",column_key:"Schlüssel",column_outcome:"Ergebnis",column_time:"Zeit",column_what:"Was",compare:"Schlüssel vergleichen",compare_first:"Schlüssel",compare_second:"Mit",controls:"{control} gesteuert",copied:"{what} kopiert.",copy:"Kopieren: {what}",deed_event:"Ereignis {event}",deed_request:"Anfrage",edit:"Bearbeiten",entities:"Entitäten",entity:"Entität",entity_hint:"Name oder ID",entity_none:"Keine Entität gefunden",error_change_gone:"Diese Änderung wird nicht mehr angeboten, weil sich der Schlüssel oder Home Assistant geändert hat.",error_key_changed:"Der Schlüssel wurde inzwischen geändert.",error_key_damaged:"Ein Wert dieses Schlüssels ist ungültig. Lösche den Schlüssel und füge ihn neu hinzu.",error_name_taken:"Es gibt jetzt einen anderen Schlüssel mit diesem Namen. Benenne ihn zuerst um.",error_not_found:"Das gibt es nicht mehr.",error_not_loaded:"Drawbridge ist nicht eingerichtet oder wird neu geladen.",error_not_saved:"Die Änderung konnte nicht gespeichert werden und wurde nicht vorgenommen: {reason}.",error_offline:"Die Verbindung zu Home Assistant ist unterbrochen. Versuche es wieder, wenn sie zurück ist.",error_timeout:"Home Assistant hat nicht rechtzeitig geantwortet.",error_too_many_approvals:"Der Schlüssel hat zu viele dauerhafte Genehmigungen. Entferne welche in seinen Berechtigungen.",error_too_many_temporary:"Der Schlüssel hat zu viele befristete Berechtigungen.",error_unauthorized:"Nur Administratoren können die Seite von Drawbridge nutzen.",error_unknown:"Etwas ist schiefgegangen. Einzelheiten stehen im Protokoll von Home Assistant.",error_unknown_command:"Drawbridge startet noch oder ist nicht eingerichtet.",event:"Ereignis",expect_controls:"Steuert",expect_not_controls:"Steuert nicht",expect_not_sees:"Sieht nicht",expect_sees:"Sieht",expect_unreadable:"Ein beschädigter Test",expires:"Läuft ab",export_csv:"CSV",export_json:"JSON-Zeilen",export_title:"Die Liste herunterladen",hide:"Ausblenden",ignore:"Ignorieren",ignore_hint:"Solche Ablehnungen in diesem Browser ausblenden. Der Schlüssel bleibt, wie er ist.",ignore_none:"Wieder anzeigen",ignored_one:"{count} abgelehnte Anfrage wird in diesem Browser ignoriert.",ignored_other:"{count} abgelehnte Anfragen werden in diesem Browser ignoriert.",key_damaged:"Das Feld „{field}“ ist ungültig, daher ist der Schlüssel deaktiviert. Bearbeite oder lösche ihn.",key_deleted:"„{name}“ wurde gelöscht und funktioniert nicht mehr.",key_disabled:"„{name}“ ist deaktiviert.",key_enabled:"„{name}“ ist aktiviert.",key_restored:"„{name}“ ist zurück, mit demselben Geheimnis.",key_switch:"{name}: aktiviert",keys_empty:"Noch keine Schlüssel",keys_empty_hint:"Gib jedem Programm einen eigenen Schlüssel, nur mit dem Zugriff, den es braucht.",kind_area:"Bereich",kind_device:"Gerät",kind_domain:"Domain",kind_entity:"Entität",kind_floor:"Etage",kind_glob:"Muster",kind_label:"Label",last_used:"Zuletzt verwendet",limit_burst:"Anfragen auf einmal: {value}",limit_certificate:"Client-Zertifikat {value}",limit_default:"Standard",limit_expires:"Läuft ab: {value}",limit_local_only:"Nur lokales Netzwerk",limit_media_host:"Medien-Host {value}",limit_network:"Netzwerk {value}",limit_origin:"Herkunft {value}",limit_per_minute:"Anfragen pro Minute: {value}",limit_unlimited:"unbegrenzt",loading:"Wird geladen…",may:"Darf",menu:"Seitenleiste öffnen",missed_one:"{count} Eintrag fehlt, weil es zu viele auf einmal waren.",missed_other:"{count} Einträge fehlen, weil es zu viele auf einmal waren.",never:"Nie",no_area:"Kein Bereich",no_key:"Ohne gültigen Schlüssel",not_copied:"Der Browser erlaubt das Kopieren nicht. Markiere den Text und kopiere ihn.",nothing:"Nichts",offline:"Die Verbindung zu Home Assistant ist unterbrochen. Sie wird wiederhergestellt…",only:"Nur „{name}“",open_settings:"Einstellungen von Drawbridge öffnen",operation_calendars:"Kalender",operation_components:"Integrationen",operation_conditions:"Bedingung prüfen",operation_config:"Konfiguration",operation_connection:"Verbinden",operation_core_state:"Konfiguration",operation_discovery:"Konfiguration",operation_entities:"Verzeichnisse",operation_events:"Ereignisse",operation_events_fire:"Ein Ereignis auslösen",operation_frontend:"Seiten von Home Assistant",operation_health:"Zustand prüfen",operation_history:"Verlauf",operation_images:"Bild",operation_images_camera_stream:"Kamerastream",operation_integrations:"Integrationen",operation_key:"Über den Schlüssel selbst",operation_logbook:"Logbuch",operation_metrics:"Metriken",operation_networks:"Schlüssel verwendet",operation_nothing:"Seiten von Home Assistant",operation_pages:"Seiten von Home Assistant",operation_persons:"Personen",operation_recorder:"Statistik",operation_registries:"Verzeichnisse",operation_scripts:"Folge von Aktionen ausführen",operation_services:"Aktionen",operation_services_call:"Eine Aktion aufrufen",operation_sessions:"Anmeldung",operation_states:"Zustände lesen",operation_states_follow:"Zustände verfolgen",operation_states_read:"Einen Zustand lesen",operation_states_remove:"Einen Zustand entfernen",operation_states_set:"Einen Zustand setzen",operation_statistics:"Statistik",operation_status:"API prüfen",operation_tags:"Tags",operation_targets:"Verzeichnisse",operation_templates:"Template",operation_traces:"Traces",operation_todo:"Aufgabenliste",operation_triggers:"Auslöser folgen",operation_units:"Konfiguration",operation_weather:"Wettervorhersage",operation_zones:"Zonen",other_actions:"Andere Aktionen aufrufen",outcome_allowed:"Erlaubt",outcome_failed:"Fehlgeschlagen",outcome_refused:"Abgelehnt",overlap:"Altes Geheimnis behalten",overlap_day:"1 Tag",overlap_hour:"1 Stunde",overlap_none:"Gar nicht",overlap_week:"1 Woche",pause:"Anhalten",paused:"Die Liste ist angehalten.",permission:"Berechtigung",policy_about:"Betrifft",policy_about_area:"Einen Bereich",policy_about_entity:"Eine Entität",policy_add:"Test hinzufügen",policy_any_action:"Jede Aktion",policy_choose:"Auswählen…",policy_empty:"Es gibt noch keine Tests.",policy_expect:"Der Schlüssel",policy_heading:"Richtlinientests von „{name}“",policy_limit:"Ein Schlüssel kann höchstens {max} Tests haben.",policy_remove:"Entfernen: {name}",policy_text:"Was du von diesem Schlüssel erwartest. Änderungen des Schlüssels, die einen Test verletzen, werden abgelehnt.",preview_broken:"Diese Änderung verletzt Richtlinientests des Schlüssels. Entferne zuerst diese Tests, wenn du sie vornehmen willst:",proposal_heading:"Was „{name}“ braucht",proposal_keep_scope:"Das Programm liest alle Entitäten auf einmal, daher gilt keine als unbenutzt.",proposal_left_out:"Verwendet, aber nicht Teil des Vorschlags, weil es mehr erlauben würde",proposal_none:"Das Programm hat im Lernmodus noch keine Anfragen gestellt.",proposal_refused:"Abgelehnt und nicht Teil des Vorschlags",proposal_requests_one:"{count} Anfrage seit {since}.",proposal_requests_other:"{count} Anfragen seit {since}.",proposal_review:"In den Einstellungen ansehen",proposal_unused:"Nicht verwendet",proposal_used:"Verwendet",reads:"{read} sichtbar",reason_administrator:"Nur für Administratoren",reason_bad_request:"Ungültige Anfrage",reason_busy:"Zu viele Anfragen gleichzeitig",reason_camera_off:"Die Kamera ist aus",reason_capability:"Dem Schlüssel fehlt die Berechtigung",reason_certificate:"Ohne das Client-Zertifikat des Schlüssels",reason_event:"Das Ereignis steht nicht auf der Liste des Schlüssels",reason_event_scope:"Das Ereignis nennt etwas, das der Schlüssel nicht sieht",reason_failed:"In Home Assistant fehlgeschlagen",reason_grant:"Die Sitzung ist vorbei",reason_internal:"Fehler in Drawbridge",reason_key_ambiguous:"Mehr als ein Schlüssel wurde gesendet",reason_key_changed:"Der Schlüssel wurde während der Anfrage geändert",reason_key_disabled:"Der Schlüssel ist deaktiviert",reason_key_expired:"Der Schlüssel ist abgelaufen",reason_key_malformed:"Der Schlüssel ist unvollständig oder ungültig",reason_key_missing:"Kein Schlüssel wurde gesendet",reason_key_session_over:"Die Sitzung ist vorbei",reason_key_unknown:"Unbekannter Schlüssel",reason_locked_out:"Die Adresse ist ausgesperrt",reason_network:"Die Adresse ist dem Schlüssel nicht erlaubt",reason_new_network:"Erste Verwendung aus diesem Netzwerk",reason_origin:"Die Webseite ist dem Schlüssel nicht erlaubt",reason_rate_limited:"Zu viele Anfragen",reason_scope:"Für den Schlüssel nicht sichtbar",reason_service:"Die Aktion ist nicht erlaubt",reason_service_scope:"Die Aktion oder eine Entität ist nicht erlaubt",reason_approval_denied:"Eine Person hat es abgelehnt",reason_approval_timed_out:"Niemand hat es rechtzeitig genehmigt",reason_approvals_pending:"Zu viele Aufrufe warten auf eine Genehmigung",reason_template_budget:"Die Templates brauchten zu viel Zeit",reason_template_busy:"Ein anderes Template wird gerade ausgewertet",reason_template_function:"Das Template verwendet eine verbotene Funktion",reason_template_scope:"Das Template fragt nach etwas, das der Schlüssel nicht sieht",reason_timed_out:"Home Assistant hat nicht rechtzeitig geantwortet",reason_too_large:"Die Anfrage ist zu groß",reason_too_many_connections:"Zu viele Verbindungen",reason_too_many_states:"Der Schlüssel hat zu viele Zustände angelegt",reason_too_many_subscriptions:"Zu viele Abonnements",reason_unavailable:"Drawbridge war nicht bereit",reason_unfinished:"Zu viele Aufrufe laufen noch",reason_unread:"Der Client liest seine Antworten nicht",reason_upgrade_required:"Keine WebSocket-Anfrage",replay_allowed_one:"{count} weitere würde erlaubt",replay_allowed_other:"{count} weitere würden erlaubt",replay_empty:"Die Aktivität enthält noch keine Anfragen dieses Schlüssels.",replay_of_one:"Von {count} aufgezeichneten Anfrage seit {since}:",replay_of_other:"Von {count} aufgezeichneten Anfragen seit {since}:",replay_partly_one:"{count} bekäme weniger oder würde teilweise abgelehnt",replay_partly_other:"{count} bekämen weniger oder würden teilweise abgelehnt",replay_refused_one:"{count} würde abgelehnt",replay_refused_other:"{count} würden abgelehnt",replay_same:"keine würde anders beantwortet.",replayed_allowed:"Würde erlaubt",replayed_partly:"Bekäme weniger",replayed_refused:"Würde abgelehnt",request:"Anfrage",request_id:"Anfrage-ID",resume:"Fortsetzen",retry:"Erneut versuchen",right_control:"Steuert",right_history:"Liest Verlauf",right_none:"Kein Zugriff",right_read:"Sieht",rotate_heading:"Geheimnis von „{name}“ ersetzen",rotate_text:"Der Schlüssel bekommt ein neues Geheimnis. Seine Berechtigungen bleiben gleich.",say_advice_approval_denied:"Der Schlüssel fragt beim nächsten Aufruf wieder. Was warten muss, steht in seinen Berechtigungen.",say_advice_certificate:"Nur das Zertifikat, an das der Schlüssel gebunden ist, erlaubt das.",say_advice_event_scope:"Der Eintrag sagt nicht, was die Daten des Ereignisses nennen.",say_advice_general:"Eine Änderung der Berechtigungen des Schlüssels würde diese Anfrage nicht erlauben.",say_advice_key_disabled:"Aktiviere den Schlüssel.",say_advice_key_expired:"Bearbeite das Ablaufdatum des Schlüssels, oder ersetze sein Geheimnis.",say_advice_locked_out:"Die Adresse ist nach einer Weile wieder erlaubt, oder mit einem gültigen Schlüssel.",say_advice_network:"Der Schlüssel hat eine Liste von Netzwerken. Bearbeite seine Limits, wenn diese Adresse dir gehört.",say_advice_origin:"Füge die Herkunft zu den Limits des Schlüssels hinzu, wenn die Seite dir gehört.",say_advice_rate_limited:"Warte, oder bearbeite die Limits des Schlüssels.",say_advice_too_many_states:"Entferne Zustände, die der Schlüssel erstellt hat, oder nimm ihre Entitäten in seinen Bereich auf.",say_dangerous:"{action} kann mehr, als auf Entitäten im Bereich zu wirken, und wird deshalb nie angeboten.",say_entity_gone:"{entity} gibt es nicht.",say_event_never:"Ereignisse vom Typ {event} werden nie angeboten.",say_excluded:"Der Schlüssel schließt {entity} aus. Bearbeite seine Ausschlüsse.",say_failed_otherwise:"Der Schlüssel darf das. Die Anfrage ist aus einem anderen Grund fehlgeschlagen.",say_has_actions:"Der Schlüssel hat eine Liste von Aktionen, die er jetzt nicht aufrufen darf. Bearbeite seine Berechtigungen.",say_has_capability:"Der Schlüssel hat die Berechtigung „{capability}“.",say_has_events:"Der Schlüssel hat eine Liste von Ereignissen, die er jetzt nicht auslösen darf. Bearbeite seine Berechtigungen.",say_invalid_call:"Der Aufruf ist so, wie er aufgezeichnet wurde, ungültig.",say_more_by_action:"Der Schlüssel kann die Aktion auf jeder Entität in seinem Bereich aufrufen, die sie hat.",say_more_by_capability:"Die Berechtigung gilt für alles im Bereich des Schlüssels.",say_more_by_event:"Der Schlüssel kann Ereignisse dieses Typs auch empfangen.",say_more_on_entities:"Damit kann der Schlüssel auch: {others}.",say_needs_capability:"Sie braucht die Berechtigung „{capability}“.",say_needs_none:"Es ist keine Berechtigung nötig.",say_no_action:"Der Eintrag nennt die Aktion nicht.",say_no_event:"Der Eintrag nennt den Ereignistyp nicht.",say_no_list_helps:"Eine Änderung der Listen des Schlüssels würde diesen Aufruf nicht erlauben.",say_no_valid_key:"Die Anfrage hatte keinen gültigen Schlüssel, oder den Schlüssel gibt es nicht mehr.",say_not_all_named:"Der Eintrag nennt nicht alle Entitäten der Anfrage.",say_not_named:"Der Eintrag nennt nicht, was fehlt.",say_nothing_missing:"Dem Schlüssel fehlt nichts von dem, was diese Anfrage braucht.",say_own_entities:"Entitäten von Drawbridge werden nie angeboten.",say_reach_unknown:"Worauf {entity} wirkt, lässt sich nicht feststellen. Füge die Entität von Hand hinzu, wenn du das möchtest.",say_reaches:"{entity} wirkt auf andere. Darüber kann der Schlüssel auch bedienen: {entities}.",say_reaches_excluded:"{entity} wirkt auf {other}, das der Schlüssel ausschließt oder das zu Drawbridge gehört.",say_reaches_many:"{entity} wirkt auf zu viele andere, um alle zu nennen. Füge die Entität von Hand hinzu, wenn du das möchtest.",say_reaches_setting:"{entity} wirkt auf {other}, eine Einstellung eines Geräts. Füge die Entität von Hand hinzu, wenn du das möchtest.",say_reason_administrator:"Home Assistant erlaubt diese Aktion nur Administratoren.",say_reason_approval_denied:"Jemand hat den Aufruf abgelehnt.",say_reason_approval_timed_out:"Niemand hat den Aufruf rechtzeitig genehmigt.",say_reason_approvals_pending:"Zu viele Aufrufe des Schlüssels warteten auf jemanden.",say_reason_bad_request:"Die Anfrage war ungültig.",say_reason_busy:"Der Schlüssel hatte zu viele laufende Anfragen.",say_reason_camera_off:"Die Kamera war aus.",say_reason_capability:"Dem Schlüssel fehlt die Berechtigung.",say_reason_certificate:"Der Schlüssel ist an ein anderes Client-Zertifikat gebunden.",say_reason_event:"Der Ereignistyp steht nicht auf der Liste des Schlüssels.",say_reason_event_scope:"Die Daten des Ereignisses nennen etwas, das nicht im Bereich des Schlüssels liegt.",say_reason_key_ambiguous:"Die Anfrage hatte mehr als einen Schlüssel.",say_reason_key_changed:"Der Schlüssel wurde geändert, während die Anfrage lief.",say_reason_key_disabled:"Der Schlüssel ist deaktiviert.",say_reason_key_expired:"Der Schlüssel oder sein altes Geheimnis ist abgelaufen.",say_reason_key_malformed:"Was gesendet wurde, ist kein Schlüssel von Drawbridge.",say_reason_key_missing:"Die Anfrage hatte keinen Schlüssel.",say_reason_key_session_over:"Die Sitzung des Browsers ist beendet.",say_reason_key_unknown:"Es gibt keinen Schlüssel mit diesem Geheimnis. Es wurde ersetzt oder gelöscht, oder es gab ihn nie.",say_reason_locked_out:"Von dieser Adresse kamen zu viele ungültige Schlüssel.",say_reason_network:"Der Schlüssel darf von dieser Adresse aus nicht verwendet werden.",say_reason_new_network:"Der Schlüssel wurde aus einem Netzwerk (IPv4 /24 oder IPv6 /64) verwendet, aus dem er zuvor nicht verwendet wurde.",say_reason_origin:"Die Herkunft der Webseite ist für den Schlüssel nicht erlaubt.",say_reason_rate_limited:"Der Schlüssel hat mehr Anfragen gestellt, als sein Limit erlaubt.",say_reason_scope:"Die Entität liegt nicht im Bereich des Schlüssels.",say_reason_service:"Die Aktion ist nicht erlaubt, oder eine Entität liegt nicht im Bereich des Schlüssels.",say_reason_service_scope:"Die Aktion ist nicht erlaubt, oder eine Entität liegt nicht im Bereich des Schlüssels.",say_reason_template_budget:"Die Templates des Schlüssels haben ihre Rechenzeit verbraucht.",say_reason_template_busy:"Ein anderes Template des Schlüssels wurde gerade ausgewertet.",say_reason_template_function:"Das Template verwendet eine Funktion, die nicht erlaubt ist.",say_reason_template_scope:"Das Template liest eine Entität, die nicht im Bereich des Schlüssels liegt.",say_reason_too_large:"Die Anfrage war zu groß.",say_reason_too_many_connections:"Es gab zu viele offene Verbindungen.",say_reason_too_many_states:"Der Schlüssel hat so viele Zustände erstellt, wie er darf.",say_reason_too_many_subscriptions:"Die Verbindung hatte zu viele Abonnements.",say_reason_unfinished:"Der Schlüssel hatte zu viele Aufrufe, die noch liefen.",say_reason_unnamed:"Der Grund ist {reason}.",say_reason_unread:"Der Schlüssel hatte zu viele Antworten, die nicht gelesen wurden.",say_rule_all_in_scope:"Die Regel: Alle Entitäten, die der Aufruf erreicht, liegen im Bereich.",say_rule_data_outside:"Die Regel: Die Daten nennen etwas, das nicht im Bereich liegt.",say_rule_delegate:"Die Regel: {entity} wirkt auf etwas, das nicht im Bereich liegt, und muss selbst auf der Liste stehen.",say_rule_entity_outside:"Die Regel: {entity} liegt nicht im Bereich.",say_rule_field_not_reviewed:"Die Regel: Für das Feld „{field}“ muss die Aktion mit allen ihren Feldern auf der Liste stehen.",say_rule_field_value:"Die Regel: Der Wert von „{field}“ ist nicht erlaubt.",say_rule_no_entity:"Die Regel: Der Aufruf erreicht keine Entität seiner Domain.",say_rule_no_such_service:"Die Regel: Nichts, was der Aufruf erreicht, hat eine Aktion „{service}“.",say_rule_service_exact:"Die Regel: Die Aktion {service} muss mit ihrem genauen Namen auf der Liste stehen.",say_rule_service_listed:"Die Regel: Die Aktion {service} steht auf der Liste.",say_rule_service_not_listed:"Die Regel: Die Aktion {service} steht nicht auf der Liste.",say_rule_services_allowed:"Die Regel: Aktionen von Entitäten sind erlaubt.",say_rule_setting:"Die Regel: {entity} ist eine Einstellung ihres Geräts und muss selbst auf der Liste stehen.",say_rule_target_outside:"Die Regel: Ein Ziel nennt nichts im Bereich.",say_rule_templated:"Die Regel: Templates in den Daten sind nicht erlaubt.",say_scope_everything:"Enthalten, weil der Schlüssel alles sieht.",say_scope_excluded:"Ausgeschlossen durch: {kind} {item}.",say_scope_included:"Enthalten durch: {kind} {item}.",say_scope_not_included:"Nicht enthalten.",say_scope_own:"Entitäten von Drawbridge müssen mit ihrer ID auf der Liste stehen.",say_setting:"{entity} ist eine Einstellung ihres Geräts. Füge sie von Hand hinzu, wenn du das möchtest.",say_still_refused:"Der Aufruf würde trotzdem abgelehnt.",say_too_many_entities:"Der Schlüssel hat zu viele Entitäten.",say_was_allowed:"Die Anfrage wurde erlaubt.",search:"Entität oder Text",search_hint:"Flurlicht",seconds_left_one:"noch {count} Sekunde",seconds_left_other:"noch {count} Sekunden",secret:"Geheimnis",secret_done:"Ich habe es kopiert",secret_once:"Kopiere das Geheimnis jetzt. Es wird nicht noch einmal angezeigt.",sees:"Sieht",sees_everything:"Alles nicht Ausgeschlossene ({count})",sees_one:"{count} Entität",sees_other:"{count} Entitäten",show:"Anzeigen",show_more:"Mehr anzeigen",showing:"{shown} von {all}",smallest_change:"Die kleinste Änderung, die das erlaubt",tab_access:"Zugriff",tab_activity:"Aktivität",tab_keys:"Schlüssel",task_compare:"Vergleichen",task_delete:"Löschen",task_policy:"Richtlinientests",task_proposal:"Was er braucht",task_rotate:"Geheimnis ersetzen",test_broken:"Verletzt",test_missing:"Fehlt",test_passed:"Bestanden",test_unreadable:"Beschädigt",try_it:"Ausprobieren",undo:"Rückgängig",waiting_one:"{count} neuer Eintrag wartet.",waiting_other:"{count} neue Einträge warten.",why:"Warum es abgelehnt wurde"};var Q1={access_cell:"{key} in {area}: sees {read}, controls {control}",access_entity_heading:"Who can reach an entity?",access_entity_text:"Choose an entity to see which keys can read or control it, and why.",access_map_heading:"Keys by area",access_map_text:"The number of entities that each key sees and controls. Open a number to see the entities.",access_no_keys:"There are no keys yet.",access_nobody:"No key can read or control this entity.",access_who:"Show which keys can reach {name}",action:"Action",actions:"Actions",actions_one:"{count} listed action",actions_other:"{count} listed actions",activity_empty:"Nothing has happened yet",activity_empty_hint:"Requests appear here as programs make them. Refused requests can be allowed here too.",activity_none_match:"No entry matches the filter.",add_key:"Add API key",address:"Address",adds:"This adds",all:"All",all_actions:"All reviewed actions",all_areas:"All areas",all_entities:"all entities",all_events:"All events",all_keys:"All keys",allow:"Allow",allow_hour:"Allow for an hour",allowed:"“{name}” was changed. The same request is allowed now.",allowed_hour:"“{name}” may do this for one hour.",allowed_now:"The key would be allowed to do this now",and_more_one:"and {count} more",and_more_other:"and {count} more",approval_allowed:"Allowed for “{name}”.",approval_always:"Always allow…",approval_always_do:"Always allow",approval_always_heading:"Never ask about this again?",approval_always_text:"This adds to “Always allowed” in the permissions of “{name}”, where you can remove it:",approval_asks:"“{name}” asks for your approval",approval_denied:"Denied for “{name}”.",approval_deny:"Deny",approval_full:"The key has too many permanent approvals to add another. You can remove some in its permissions.",approval_once:"Allow once",approval_short:"Allow for 15 minutes",approvals_one:"{count} request waits for your answer",approvals_other:"{count} requests wait for your answer",area:"Area",both:"Both keys",broad:"With this change, “{name}” can do more than this one request:",broad_heading:"Allow more than this request?",cancel:"Cancel",capability_control:"Call actions",capability_dashboard:"Open Home Assistant's own pages",capability_fire_event:"Fire events",capability_history:"Read history and logbook",capability_images:"View images and camera streams",capability_location:"Read the home location",capability_metrics:"Read Drawbridge metrics",capability_read:"Read states",capability_set_state:"Set states directly",capability_template:"Render templates",chip_connected:"Connected now",chip_connections:"{count} connections now",chip_damaged:"Damaged",chip_expired:"Expired",chip_expires_soon:"Expires {when}",chip_learning:"Learning",chip_never_used:"Never used",chip_off:"Disabled",chip_temporary:"Temporary permissions",chip_temporary_until:"Temporary permissions end {when}",chip_tests_fail_one:"{count} policy test fails",chip_tests_fail_other:"{count} policy tests fail",close:"Close",column_from:"From",column_key:"Key",column_outcome:"Outcome",column_time:"Time",column_what:"What",compare:"Compare keys",compare_first:"Key",compare_second:"With",controls:"{control} controlled",copied:"{what} copied.",copy:"Copy: {what}",deed_event:"Event {event}",deed_request:"Request",edit:"Edit",entities:"Entities",entity:"Entity",entity_hint:"Name or ID",entity_none:"No entity found",error_change_gone:"This change is no longer offered, because the key or Home Assistant changed.",error_key_changed:"The key was changed in the meantime.",error_key_damaged:"A value of this key is invalid. Delete the key and add it again.",error_name_taken:"There is another key with this name now. Rename it first.",error_not_found:"This does not exist anymore.",error_not_loaded:"Drawbridge is not set up, or is being reloaded.",error_not_saved:"The change could not be saved and was not made: {reason}.",error_offline:"The connection to Home Assistant was lost. Try again when it is back.",error_timeout:"Home Assistant did not answer in time.",error_too_many_approvals:"The key has too many permanent approvals. Remove some in its permissions.",error_too_many_temporary:"The key has too many temporary permissions.",error_unauthorized:"Only administrators can use Drawbridge's panel.",error_unknown:"Something went wrong. See Home Assistant's log for details.",error_unknown_command:"Drawbridge is still starting, or is not set up.",event:"Event",expect_controls:"Controls",expect_not_controls:"Does not control",expect_not_sees:"Does not see",expect_sees:"Sees",expect_unreadable:"A damaged test",expires:"Expires",export_csv:"CSV",export_json:"JSON lines",export_title:"Download the list",hide:"Hide",ignore:"Ignore",ignore_hint:"Hide refusals like this one in this browser. The key stays as it is.",ignore_none:"Show them again",ignored_one:"{count} refused request is ignored in this browser.",ignored_other:"{count} refused requests are ignored in this browser.",key_damaged:"The field “{field}” is invalid, so the key is disabled. Edit or delete the key.",key_deleted:"“{name}” was deleted. It stopped working.",key_disabled:"“{name}” is disabled.",key_enabled:"“{name}” is enabled.",key_restored:"“{name}” is back, with the same secret.",key_switch:"{name}: enabled",keys_empty:"No keys yet",keys_empty_hint:"Give each program a key of its own, with access to only what it needs.",kind_area:"area",kind_device:"device",kind_domain:"domain",kind_entity:"entity",kind_floor:"floor",kind_glob:"pattern",kind_label:"label",last_used:"Last used",limit_burst:"Burst size: {value}",limit_certificate:"Client certificate {value}",limit_default:"default",limit_expires:"Expires {value}",limit_local_only:"Local network only",limit_media_host:"Media host {value}",limit_network:"Network {value}",limit_origin:"Web origin {value}",limit_per_minute:"Requests per minute: {value}",limit_unlimited:"unlimited",loading:"Loading…",may:"May",menu:"Open the sidebar",missed_one:"{count} entry is missing, because there were too many at once.",missed_other:"{count} entries are missing, because there were too many at once.",never:"Never",no_area:"No area",no_key:"Without a valid key",not_copied:"The browser does not allow copying. Select the text and copy it.",nothing:"Nothing",offline:"The connection to Home Assistant was lost. Reconnecting…",only:"Only “{name}”",open_settings:"Open Drawbridge's settings",operation_calendars:"Calendar",operation_components:"Integrations",operation_conditions:"Test a condition",operation_config:"Configuration",operation_connection:"Connect",operation_core_state:"Configuration",operation_discovery:"Configuration",operation_entities:"Registries",operation_events:"Events",operation_events_fire:"Fire an event",operation_frontend:"Home Assistant's own pages",operation_health:"Check the health",operation_history:"History",operation_images:"Image",operation_images_camera_stream:"Camera stream",operation_integrations:"Integrations",operation_key:"About the key itself",operation_logbook:"Logbook",operation_metrics:"Metrics",operation_networks:"Key used",operation_nothing:"Home Assistant's own pages",operation_pages:"Home Assistant's own pages",operation_persons:"Persons",operation_recorder:"Statistics",operation_registries:"Registries",operation_scripts:"Run a sequence of actions",operation_services:"Actions",operation_services_call:"Call an action",operation_sessions:"Sign-in",operation_states:"Read states",operation_states_follow:"Follow states",operation_states_read:"Read a state",operation_states_remove:"Remove a state",operation_states_set:"Set a state",operation_statistics:"Statistics",operation_status:"Check the API",operation_tags:"Tags",operation_targets:"Registries",operation_templates:"Template",operation_traces:"Traces",operation_todo:"To-do list",operation_triggers:"Follow a trigger",operation_units:"Configuration",operation_weather:"Weather forecast",operation_zones:"Zones",other_actions:"Call other actions",outcome_allowed:"Allowed",outcome_failed:"Failed",outcome_refused:"Refused",overlap:"Keep the old secret for",overlap_day:"1 day",overlap_hour:"1 hour",overlap_none:"Not at all",overlap_week:"1 week",pause:"Pause",paused:"The list is paused.",permission:"Permission",policy_about:"About",policy_about_area:"An area",policy_about_entity:"An entity",policy_add:"Add test",policy_any_action:"Any action",policy_choose:"Choose…",policy_empty:"There are no tests yet.",policy_expect:"The key",policy_heading:"Policy tests of “{name}”",policy_limit:"A key can have at most {max} tests.",policy_remove:"Remove: {name}",policy_text:"What you expect of this key. Changes of the key that break a test are refused.",preview_broken:"This change breaks policy tests of the key. Remove these tests first, if you want to make it:",proposal_heading:"What “{name}” needs",proposal_keep_scope:"The program reads all entities at once, so none of them counts as unused.",proposal_left_out:"Used, but not part of the proposal, because it would allow more",proposal_none:"The program has made no requests in learn mode yet.",proposal_refused:"Refused, and not part of the proposal",proposal_requests_one:"{count} request since {since}.",proposal_requests_other:"{count} requests since {since}.",proposal_review:"Review in the settings",proposal_unused:"Not used",proposal_used:"Used",reads:"{read} seen",reason_administrator:"For administrators only",reason_bad_request:"Invalid request",reason_busy:"Too many requests at once",reason_camera_off:"The camera is off",reason_capability:"The key lacks the permission",reason_certificate:"Without the key's client certificate",reason_event:"The event is not on the key's list",reason_event_scope:"The event names something out of scope",reason_failed:"Failed in Home Assistant",reason_grant:"The session is over",reason_internal:"Error in Drawbridge",reason_key_ambiguous:"More than one key was sent",reason_key_changed:"The key was changed during the request",reason_key_disabled:"The key is disabled",reason_key_expired:"The key has expired",reason_key_malformed:"The key is incomplete or malformed",reason_key_missing:"No key was sent",reason_key_session_over:"The session is over",reason_key_unknown:"Unknown key",reason_locked_out:"The address is locked out",reason_network:"The address is not allowed for the key",reason_new_network:"First use from this network",reason_origin:"The web page is not allowed for the key",reason_rate_limited:"Too many requests",reason_scope:"Out of the key's scope",reason_service:"The action is not allowed",reason_service_scope:"The action or an entity is not allowed",reason_approval_denied:"A person denied it",reason_approval_timed_out:"Nobody approved it in time",reason_approvals_pending:"Too many calls wait for an approval",reason_template_budget:"The templates took too much time",reason_template_busy:"Another template is being rendered",reason_template_function:"The template uses a forbidden function",reason_template_scope:"The template asks for something out of scope",reason_timed_out:"Home Assistant did not answer in time",reason_too_large:"The request is too large",reason_too_many_connections:"Too many connections",reason_too_many_states:"The key has created too many states",reason_too_many_subscriptions:"Too many subscriptions",reason_unavailable:"Drawbridge was not ready",reason_unfinished:"Too many calls are still running",reason_unread:"The client does not read its responses",reason_upgrade_required:"Not a WebSocket request",replay_allowed_one:"{count} more would be allowed",replay_allowed_other:"{count} more would be allowed",replay_empty:"The activity has no requests of this key yet.",replay_of_one:"Of {count} recorded request since {since}:",replay_of_other:"Of {count} recorded requests since {since}:",replay_partly_one:"{count} would return less or be refused in part",replay_partly_other:"{count} would return less or be refused in part",replay_refused_one:"{count} would be refused",replay_refused_other:"{count} would be refused",replay_same:"none would have another outcome.",replayed_allowed:"Would be allowed",replayed_partly:"Would return less",replayed_refused:"Would be refused",request:"Request",request_id:"Request ID",resume:"Resume",retry:"Try again",right_control:"Controls",right_history:"Reads history",right_none:"No access",right_read:"Sees",rotate_heading:"Replace the secret of “{name}”",rotate_text:"The key gets a new secret. Its permissions stay as they are.",say_advice_approval_denied:"The key asks again with its next call. What has to wait is in its permissions.",say_advice_certificate:"Only the certificate that the key is bound to allows this.",say_advice_event_scope:"The record does not say what the data of the event names.",say_advice_general:"A change of the permissions of the key would not allow this request.",say_advice_key_disabled:"Enable the key.",say_advice_key_expired:"Edit the expiry of the key, or replace its secret.",say_advice_locked_out:"The address is allowed again after a while, or with a valid key.",say_advice_network:"The key has a list of networks. Edit its limits if this address is yours.",say_advice_origin:"Add the origin to the limits of the key if the page is yours.",say_advice_rate_limited:"Wait, or edit the limits of the key.",say_advice_too_many_states:"Remove states that the key created, or add their entities to its scope.",say_dangerous:"{action} can do more than act on entities in scope, so it is never offered.",say_entity_gone:"{entity} does not exist.",say_event_never:"Events of the type {event} are never offered.",say_excluded:"The key excludes {entity}. Edit its exclusions.",say_failed_otherwise:"The key may do this. The request failed for another reason.",say_has_actions:"The key has a list of actions that it may not call now. Edit its permissions.",say_has_capability:"The key has the capability {capability}.",say_has_events:"The key has a list of events that it may not fire now. Edit its permissions.",say_invalid_call:"The call is not valid as it was recorded.",say_more_by_action:"The key can call the action on every entity in its scope that has it.",say_more_by_capability:"The capability applies to everything in the scope of the key.",say_more_by_event:"The key can also receive events of this type.",say_more_on_entities:"The key can then also use: {others}.",say_needs_capability:"It needs the capability {capability}.",say_needs_none:"No capability is needed.",say_no_action:"The record does not name the action.",say_no_event:"The record does not name the event type.",say_no_list_helps:"A change of the lists of the key would not allow this call.",say_no_valid_key:"The request had no valid key, or the key does not exist anymore.",say_not_all_named:"The record does not name all entities of the request.",say_not_named:"The record does not name what is missing.",say_nothing_missing:"The key lacks nothing of what this request needs.",say_own_entities:"Drawbridge's own entities are never offered.",say_reach_unknown:"What {entity} acts on cannot be determined. Add it by hand if you want that.",say_reaches:"{entity} acts on others. Through it, the key can also control: {entities}.",say_reaches_excluded:"{entity} acts on {other}, which the key excludes or is a part of Drawbridge.",say_reaches_many:"{entity} acts on too many others to name them all. Add it by hand if you want that.",say_reaches_setting:"{entity} acts on {other}, which is a setting of a device. Add it by hand if you want that.",say_reason_administrator:"Home Assistant allows this action to administrators only.",say_reason_approval_denied:"A person denied the call.",say_reason_approval_timed_out:"Nobody approved the call in time.",say_reason_approvals_pending:"Too many calls of the key were waiting for a person.",say_reason_bad_request:"The request was not valid.",say_reason_busy:"The key had too many requests in progress.",say_reason_camera_off:"The camera was off.",say_reason_capability:"The key does not have the capability.",say_reason_certificate:"The key is bound to another client certificate.",say_reason_event:"The event type is not on the list of the key.",say_reason_event_scope:"The data of the event names something that is not in the scope of the key.",say_reason_key_ambiguous:"The request had more than one key.",say_reason_key_changed:"The key was changed while the request was in progress.",say_reason_key_disabled:"The key is disabled.",say_reason_key_expired:"The key or its old secret has expired.",say_reason_key_malformed:"What was sent is not a Drawbridge key.",say_reason_key_missing:"The request had no key.",say_reason_key_session_over:"The session of the browser has ended.",say_reason_key_unknown:"There is no key with this secret. It was replaced or deleted, or never existed.",say_reason_locked_out:"Too many invalid keys came from this address.",say_reason_network:"The key may not be used from this address.",say_reason_new_network:"The key was used from a network (IPv4 /24 or IPv6 /64) from which it was not used before.",say_reason_origin:"The origin of the web page is not allowed for the key.",say_reason_rate_limited:"The key made more requests than its rate limit allows.",say_reason_scope:"The entity is not in the scope of the key.",say_reason_service:"The action is not allowed, or an entity is not in the scope of the key.",say_reason_service_scope:"The action is not allowed, or an entity is not in the scope of the key.",say_reason_template_budget:"The templates of the key have used up their processor time.",say_reason_template_busy:"Another template of the key was being rendered.",say_reason_template_function:"The template uses a function that is not allowed.",say_reason_template_scope:"The template reads an entity that is not in the scope of the key.",say_reason_too_large:"The request was too large.",say_reason_too_many_connections:"There were too many live connections.",say_reason_too_many_states:"The key has created as many states as it may.",say_reason_too_many_subscriptions:"The connection had too many subscriptions.",say_reason_unfinished:"The key had too many calls that were still running.",say_reason_unnamed:"The reason is {reason}.",say_reason_unread:"The key had too many responses that were not read.",say_rule_all_in_scope:"The rule: every entity that the call reaches is in scope.",say_rule_data_outside:"The rule: the data names what is not in scope.",say_rule_delegate:"The rule: entity {entity} acts on what is not in scope and must be listed itself.",say_rule_entity_outside:"The rule: entity {entity} is not in scope.",say_rule_field_not_reviewed:"The rule: the field '{field}' needs the service with all of its fields on the list.",say_rule_field_value:"The rule: the value of '{field}' is not allowed.",say_rule_no_entity:"The rule: the call reaches no entity of its domain.",say_rule_no_such_service:"The rule: nothing that the call reaches has a service '{service}'.",say_rule_service_exact:"The rule: service {service} must be listed by its exact name.",say_rule_service_listed:"The rule: service {service} is listed.",say_rule_service_not_listed:"The rule: service {service} is not listed.",say_rule_services_allowed:"The rule: services of entities are allowed.",say_rule_setting:"The rule: entity {entity} is a setting of its device and must be listed itself.",say_rule_target_outside:"The rule: a target names nothing in scope.",say_rule_templated:"The rule: templates in the data are not allowed.",say_scope_everything:"Included by everything.",say_scope_excluded:"Excluded by {kind} {item}.",say_scope_included:"Included by {kind} {item}.",say_scope_not_included:"Not included.",say_scope_own:"Drawbridge's own entities must be listed by their entity ID.",say_setting:"{entity} is a setting of its device. Add it by hand if you want that.",say_still_refused:"The call would still be refused.",say_too_many_entities:"The key has too many entities.",say_was_allowed:"The request was allowed.",search:"Entity or text",search_hint:"Hall light",seconds_left_one:"{count} second left",seconds_left_other:"{count} seconds left",secret:"Secret",secret_done:"I have copied it",secret_once:"Copy the secret now. It is not shown again.",sees:"Sees",sees_everything:"Everything not excluded ({count})",sees_one:"{count} entity",sees_other:"{count} entities",show:"Show",show_more:"Show more",showing:"{shown} of {all}",smallest_change:"The smallest change that allows it",tab_access:"Access",tab_activity:"Activity",tab_keys:"Keys",task_compare:"Compare",task_delete:"Delete",task_policy:"Policy tests",task_proposal:"What it needs",task_rotate:"Replace secret",test_broken:"Fails",test_missing:"Missing",test_passed:"Passes",test_unreadable:"Damaged",try_it:"Try it",undo:"Undo",waiting_one:"{count} new entry is waiting.",waiting_other:"{count} new entries are waiting.",why:"Why it was refused"};var M5={access_cell:"{key} in {area}: ziet {read}, bedient {control}",access_entity_heading:"Wie kan bij een entiteit?",access_entity_text:"Kies een entiteit om te zien welke sleutels haar kunnen lezen of bedienen, en waarom.",access_map_heading:"Sleutels per ruimte",access_map_text:"Het aantal entiteiten dat elke sleutel ziet en bedient. Open een aantal om de entiteiten te zien.",access_no_keys:"Er zijn nog geen sleutels.",access_nobody:"Geen enkele sleutel kan deze entiteit lezen of bedienen.",access_who:"Toon welke sleutels bij {name} kunnen",action:"Actie",actions:"Acties",actions_one:"{count} actie op de lijst",actions_other:"{count} acties op de lijst",activity_empty:"Er is nog niets gebeurd",activity_empty_hint:"Verzoeken verschijnen hier zodra programma's ze doen. Geweigerde verzoeken kun je hier ook toestaan.",activity_none_match:"Niets past bij het filter.",add_key:"API-sleutel toevoegen",address:"Adres",adds:"Dit voegt toe",all:"Alles",all_actions:"Alle beoordeelde acties",all_areas:"Alle ruimtes",all_entities:"alle entiteiten",all_events:"Alle gebeurtenissen",all_keys:"Alle sleutels",allow:"Toestaan",allow_hour:"Een uur toestaan",allowed:"“{name}” is gewijzigd. Hetzelfde verzoek is nu toegestaan.",allowed_hour:"“{name}” mag dit een uur lang.",allowed_now:"De sleutel zou dit nu mogen",and_more_one:"en nog {count}",and_more_other:"en nog {count}",approval_allowed:"Toegestaan voor “{name}”.",approval_always:"Altijd toestaan…",approval_always_do:"Altijd toestaan",approval_always_heading:"Hier nooit meer om vragen?",approval_always_text:"Dit komt bij “Altijd toegestaan” in de rechten van “{name}”, waar je het kunt verwijderen:",approval_asks:"“{name}” vraagt om je goedkeuring",approval_denied:"Geweigerd voor “{name}”.",approval_deny:"Weigeren",approval_full:"De sleutel heeft te veel blijvende goedkeuringen om er een toe te voegen. In de rechten kun je er verwijderen.",approval_once:"Eén keer toestaan",approval_short:"15 minuten toestaan",approvals_one:"{count} verzoek wacht op je antwoord",approvals_other:"{count} verzoeken wachten op je antwoord",area:"Ruimte",both:"Beide sleutels",broad:"Met deze wijziging kan “{name}” meer dan alleen dit verzoek:",broad_heading:"Meer toestaan dan dit verzoek?",cancel:"Annuleren",capability_control:"Acties aanroepen",capability_dashboard:"Pagina's van Home Assistant openen",capability_fire_event:"Gebeurtenissen sturen",capability_history:"Geschiedenis en logboek lezen",capability_images:"Afbeeldingen en camerabeelden bekijken",capability_location:"Locatie van het huis lezen",capability_metrics:"Drawbridge-statistieken lezen",capability_read:"Toestanden lezen",capability_set_state:"Toestanden rechtstreeks zetten",capability_template:"Sjablonen uitwerken",chip_connected:"Nu verbonden",chip_connections:"Nu {count} verbindingen",chip_damaged:"Beschadigd",chip_expired:"Verlopen",chip_expires_soon:"Verloopt {when}",chip_learning:"Leert",chip_never_used:"Nooit gebruikt",chip_off:"Uitgeschakeld",chip_temporary:"Tijdelijke rechten",chip_temporary_until:"Tijdelijke rechten eindigen {when}",chip_tests_fail_one:"{count} beleidstest mislukt",chip_tests_fail_other:"{count} beleidstests mislukken",close:"Sluiten",column_from:"Vanaf",column_key:"Sleutel",column_outcome:"Resultaat",column_time:"Tijd",column_what:"Wat",compare:"Sleutels vergelijken",compare_first:"Sleutel",compare_second:"Met",controls:"{control} bediend",copied:"{what} gekopieerd.",copy:"Kopiëren: {what}",deed_event:"Gebeurtenis {event}",deed_request:"Verzoek",edit:"Bewerken",entities:"Entiteiten",entity:"Entiteit",entity_hint:"Naam of ID",entity_none:"Geen entiteit gevonden",error_change_gone:"Deze wijziging wordt niet meer aangeboden, omdat de sleutel of Home Assistant is gewijzigd.",error_key_changed:"De sleutel is intussen gewijzigd.",error_key_damaged:"Een waarde van deze sleutel is ongeldig. Verwijder de sleutel en voeg hem opnieuw toe.",error_name_taken:"Er is nu een andere sleutel met deze naam. Hernoem die eerst.",error_not_found:"Dit bestaat niet meer.",error_not_loaded:"Drawbridge is niet ingesteld of wordt opnieuw geladen.",error_not_saved:"De wijziging kon niet worden opgeslagen en is niet doorgevoerd: {reason}.",error_offline:"De verbinding met Home Assistant is verbroken. Probeer het opnieuw als ze er weer is.",error_timeout:"Home Assistant antwoordde niet op tijd.",error_too_many_approvals:"De sleutel heeft te veel blijvende goedkeuringen. Verwijder er een paar in zijn rechten.",error_too_many_temporary:"De sleutel heeft te veel tijdelijke rechten.",error_unauthorized:"Alleen beheerders kunnen het paneel van Drawbridge gebruiken.",error_unknown:"Er ging iets mis. Zie het logboek van Home Assistant.",error_unknown_command:"Drawbridge start nog of is niet ingesteld.",event:"Gebeurtenis",expect_controls:"Bedient",expect_not_controls:"Bedient niet",expect_not_sees:"Ziet niet",expect_sees:"Ziet",expect_unreadable:"Een beschadigde test",expires:"Verloopt",export_csv:"CSV",export_json:"JSON-regels",export_title:"De lijst downloaden",hide:"Verbergen",ignore:"Negeren",ignore_hint:"Verberg zulke weigeringen in deze browser. De sleutel blijft zoals hij is.",ignore_none:"Weer tonen",ignored_one:"{count} geweigerd verzoek wordt in deze browser genegeerd.",ignored_other:"{count} geweigerde verzoeken worden in deze browser genegeerd.",key_damaged:"Het veld “{field}” is ongeldig, dus de sleutel is uitgeschakeld. Bewerk of verwijder hem.",key_deleted:"“{name}” is verwijderd en werkt niet meer.",key_disabled:"“{name}” is uitgeschakeld.",key_enabled:"“{name}” is ingeschakeld.",key_restored:"“{name}” is terug, met hetzelfde geheim.",key_switch:"{name}: ingeschakeld",keys_empty:"Nog geen sleutels",keys_empty_hint:"Geef elk programma een eigen sleutel, met alleen de toegang die het nodig heeft.",kind_area:"ruimte",kind_device:"apparaat",kind_domain:"domein",kind_entity:"entiteit",kind_floor:"verdieping",kind_glob:"patroon",kind_label:"label",last_used:"Laatst gebruikt",limit_burst:"Verzoeken tegelijk: {value}",limit_certificate:"Clientcertificaat {value}",limit_default:"standaard",limit_expires:"Verloopt: {value}",limit_local_only:"Alleen lokaal netwerk",limit_media_host:"Mediahost {value}",limit_network:"Netwerk {value}",limit_origin:"Herkomst {value}",limit_per_minute:"Verzoeken per minuut: {value}",limit_unlimited:"onbeperkt",loading:"Laden…",may:"Mag",menu:"Zijbalk openen",missed_one:"Er ontbreekt {count} regel, omdat het er te veel tegelijk waren.",missed_other:"Er ontbreken {count} regels, omdat het er te veel tegelijk waren.",never:"Nooit",no_area:"Geen ruimte",no_key:"Zonder geldige sleutel",not_copied:"De browser staat kopiëren niet toe. Selecteer de tekst en kopieer hem.",nothing:"Niets",offline:"De verbinding met Home Assistant is verbroken. Opnieuw verbinden…",only:"Alleen “{name}”",open_settings:"Instellingen van Drawbridge openen",operation_calendars:"Agenda",operation_components:"Integraties",operation_conditions:"Een voorwaarde testen",operation_config:"Configuratie",operation_connection:"Verbinden",operation_core_state:"Configuratie",operation_discovery:"Configuratie",operation_entities:"Registers",operation_events:"Gebeurtenissen",operation_events_fire:"Een gebeurtenis sturen",operation_frontend:"Pagina's van Home Assistant",operation_health:"De gezondheid controleren",operation_history:"Geschiedenis",operation_images:"Afbeelding",operation_images_camera_stream:"Camerabeeld",operation_integrations:"Integraties",operation_key:"Over de sleutel zelf",operation_logbook:"Logboek",operation_metrics:"Statistieken van Drawbridge",operation_networks:"Sleutel gebruikt",operation_nothing:"Pagina's van Home Assistant",operation_pages:"Pagina's van Home Assistant",operation_persons:"Personen",operation_recorder:"Statistieken",operation_registries:"Registers",operation_scripts:"Een reeks acties uitvoeren",operation_services:"Acties",operation_services_call:"Een actie aanroepen",operation_sessions:"Aanmelden",operation_states:"Toestanden lezen",operation_states_follow:"Toestanden volgen",operation_states_read:"Een toestand lezen",operation_states_remove:"Een toestand verwijderen",operation_states_set:"Een toestand zetten",operation_statistics:"Statistieken",operation_status:"De API controleren",operation_tags:"Tags",operation_targets:"Registers",operation_templates:"Sjabloon",operation_traces:"Traces",operation_todo:"Takenlijst",operation_triggers:"Een trigger volgen",operation_units:"Configuratie",operation_weather:"Weersverwachting",operation_zones:"Zones",other_actions:"Andere acties aanroepen",outcome_allowed:"Toegestaan",outcome_failed:"Mislukt",outcome_refused:"Geweigerd",overlap:"Het oude geheim behouden",overlap_day:"1 dag",overlap_hour:"1 uur",overlap_none:"Helemaal niet",overlap_week:"1 week",pause:"Pauzeren",paused:"De lijst staat stil.",permission:"Recht",policy_about:"Over",policy_about_area:"Een ruimte",policy_about_entity:"Een entiteit",policy_add:"Test toevoegen",policy_any_action:"Elke actie",policy_choose:"Kiezen…",policy_empty:"Er zijn nog geen tests.",policy_expect:"De sleutel",policy_heading:"Beleidstests van “{name}”",policy_limit:"Een sleutel kan hoogstens {max} tests hebben.",policy_remove:"Verwijderen: {name}",policy_text:"Wat je van deze sleutel verwacht. Wijzigingen van de sleutel die een test schenden, worden geweigerd.",preview_broken:"Deze wijziging schendt beleidstests van de sleutel. Verwijder eerst deze tests als je de wijziging wilt doorvoeren:",proposal_heading:"Wat “{name}” nodig heeft",proposal_keep_scope:"Het programma leest alle entiteiten tegelijk, dus geen ervan telt als ongebruikt.",proposal_left_out:"Gebruikt, maar geen deel van het voorstel, omdat het meer zou toestaan",proposal_none:"Het programma heeft in de leermodus nog geen verzoeken gedaan.",proposal_refused:"Geweigerd, en geen deel van het voorstel",proposal_requests_one:"{count} verzoek sinds {since}.",proposal_requests_other:"{count} verzoeken sinds {since}.",proposal_review:"In de instellingen bekijken",proposal_unused:"Niet gebruikt",proposal_used:"Gebruikt",reads:"{read} gezien",reason_administrator:"Alleen voor beheerders",reason_bad_request:"Ongeldig verzoek",reason_busy:"Te veel verzoeken tegelijk",reason_camera_off:"De camera staat uit",reason_capability:"De sleutel mist het recht",reason_certificate:"Zonder het clientcertificaat van de sleutel",reason_event:"De gebeurtenis staat niet op de lijst van de sleutel",reason_event_scope:"De gebeurtenis noemt iets buiten het bereik",reason_failed:"Mislukt in Home Assistant",reason_grant:"De sessie is voorbij",reason_internal:"Fout in Drawbridge",reason_key_ambiguous:"Er is meer dan één sleutel gestuurd",reason_key_changed:"De sleutel is tijdens het verzoek gewijzigd",reason_key_disabled:"De sleutel is uitgeschakeld",reason_key_expired:"De sleutel is verlopen",reason_key_malformed:"De sleutel is onvolledig of ongeldig",reason_key_missing:"Er is geen sleutel gestuurd",reason_key_session_over:"De sessie is voorbij",reason_key_unknown:"Onbekende sleutel",reason_locked_out:"Het adres is buitengesloten",reason_network:"Het adres is niet toegestaan voor de sleutel",reason_new_network:"Eerste gebruik vanuit dit netwerk",reason_origin:"De webpagina is niet toegestaan voor de sleutel",reason_rate_limited:"Te veel verzoeken",reason_scope:"Buiten het bereik van de sleutel",reason_service:"De actie is niet toegestaan",reason_service_scope:"De actie of een entiteit is niet toegestaan",reason_approval_denied:"Iemand heeft het geweigerd",reason_approval_timed_out:"Niemand heeft het op tijd goedgekeurd",reason_approvals_pending:"Te veel aanroepen wachten op goedkeuring",reason_template_budget:"De sjablonen kostten te veel tijd",reason_template_busy:"Er wordt al een sjabloon uitgewerkt",reason_template_function:"Het sjabloon gebruikt een verboden functie",reason_template_scope:"Het sjabloon vraagt iets buiten het bereik",reason_timed_out:"Home Assistant antwoordde niet op tijd",reason_too_large:"Het verzoek is te groot",reason_too_many_connections:"Te veel verbindingen",reason_too_many_states:"De sleutel heeft te veel toestanden gemaakt",reason_too_many_subscriptions:"Te veel abonnementen",reason_unavailable:"Drawbridge was niet gereed",reason_unfinished:"Er lopen nog te veel aanroepen",reason_unread:"De client leest zijn antwoorden niet",reason_upgrade_required:"Geen WebSocket-verzoek",replay_allowed_one:"{count} extra zou worden toegestaan",replay_allowed_other:"{count} extra zouden worden toegestaan",replay_empty:"De activiteit bevat nog geen verzoeken van deze sleutel.",replay_of_one:"Van {count} vastgelegd verzoek sinds {since}:",replay_of_other:"Van {count} vastgelegde verzoeken sinds {since}:",replay_partly_one:"{count} zou minder krijgen of deels worden geweigerd",replay_partly_other:"{count} zouden minder krijgen of deels worden geweigerd",replay_refused_one:"{count} zou worden geweigerd",replay_refused_other:"{count} zouden worden geweigerd",replay_same:"geen enkel zou anders aflopen.",replayed_allowed:"Zou worden toegestaan",replayed_partly:"Zou minder krijgen",replayed_refused:"Zou worden geweigerd",request:"Verzoek",request_id:"Verzoek-ID",resume:"Hervatten",retry:"Opnieuw proberen",right_control:"Bedient",right_history:"Leest geschiedenis",right_none:"Geen toegang",right_read:"Ziet",rotate_heading:"Geheim van “{name}” vervangen",rotate_text:"De sleutel krijgt een nieuw geheim. De rechten blijven gelijk.",say_advice_approval_denied:"De sleutel vraagt het bij de volgende aanroep opnieuw. Wat moet wachten, staat in zijn rechten.",say_advice_certificate:"Alleen het certificaat waaraan de sleutel is gebonden, staat dit toe.",say_advice_event_scope:"De regel zegt niet wat de gegevens van de gebeurtenis noemen.",say_advice_general:"Een wijziging van de rechten van de sleutel zou dit verzoek niet toestaan.",say_advice_key_disabled:"Schakel de sleutel in.",say_advice_key_expired:"Bewerk de vervaldatum van de sleutel, of vervang zijn geheim.",say_advice_locked_out:"Het adres is na een tijdje weer toegestaan, of met een geldige sleutel.",say_advice_network:"De sleutel heeft een lijst van netwerken. Bewerk zijn limieten als dit adres van jou is.",say_advice_origin:"Voeg de herkomst toe aan de limieten van de sleutel als de pagina van jou is.",say_advice_rate_limited:"Wacht, of bewerk de limieten van de sleutel.",say_advice_too_many_states:"Verwijder toestanden die de sleutel heeft gemaakt, of neem hun entiteiten op in zijn bereik.",say_dangerous:"{action} kan meer dan werken op entiteiten binnen het bereik, en wordt daarom nooit aangeboden.",say_entity_gone:"{entity} bestaat niet.",say_event_never:"Gebeurtenissen van het type {event} worden nooit aangeboden.",say_excluded:"De sleutel sluit {entity} uit. Bewerk zijn uitsluitingen.",say_failed_otherwise:"De sleutel mag dit. Het verzoek is om een andere reden mislukt.",say_has_actions:"De sleutel heeft een lijst van acties die hij nu niet mag aanroepen. Bewerk zijn rechten.",say_has_capability:"De sleutel heeft het recht “{capability}”.",say_has_events:"De sleutel heeft een lijst van gebeurtenissen die hij nu niet mag sturen. Bewerk zijn rechten.",say_invalid_call:"De aanroep is ongeldig zoals hij is vastgelegd.",say_more_by_action:"De sleutel kan de actie aanroepen op elke entiteit binnen zijn bereik die haar heeft.",say_more_by_capability:"Het recht geldt voor alles binnen het bereik van de sleutel.",say_more_by_event:"De sleutel kan gebeurtenissen van dit type ook ontvangen.",say_more_on_entities:"Daarmee kan de sleutel ook: {others}.",say_needs_capability:"Het heeft het recht “{capability}” nodig.",say_needs_none:"Er is geen recht nodig.",say_no_action:"De regel noemt de actie niet.",say_no_event:"De regel noemt het gebeurtenistype niet.",say_no_list_helps:"Een wijziging van de lijsten van de sleutel zou deze aanroep niet toestaan.",say_no_valid_key:"Het verzoek had geen geldige sleutel, of de sleutel bestaat niet meer.",say_not_all_named:"De regel noemt niet alle entiteiten van het verzoek.",say_not_named:"De regel noemt niet wat er ontbreekt.",say_nothing_missing:"De sleutel mist niets van wat dit verzoek nodig heeft.",say_own_entities:"Entiteiten van Drawbridge worden nooit aangeboden.",say_reach_unknown:"Waarop {entity} werkt, is niet vast te stellen. Voeg de entiteit met de hand toe als je dat wilt.",say_reaches:"{entity} werkt op andere. Daarmee kan de sleutel ook bedienen: {entities}.",say_reaches_excluded:"{entity} werkt op {other}, dat de sleutel uitsluit of dat bij Drawbridge hoort.",say_reaches_many:"{entity} werkt op te veel andere om ze allemaal te noemen. Voeg de entiteit met de hand toe als je dat wilt.",say_reaches_setting:"{entity} werkt op {other}, een instelling van een apparaat. Voeg de entiteit met de hand toe als je dat wilt.",say_reason_administrator:"Home Assistant staat deze actie alleen beheerders toe.",say_reason_approval_denied:"Iemand heeft de aanroep geweigerd.",say_reason_approval_timed_out:"Niemand heeft de aanroep op tijd goedgekeurd.",say_reason_approvals_pending:"Te veel aanroepen van de sleutel wachtten op iemand.",say_reason_bad_request:"Het verzoek was ongeldig.",say_reason_busy:"De sleutel had te veel lopende verzoeken.",say_reason_camera_off:"De camera stond uit.",say_reason_capability:"De sleutel heeft het recht niet.",say_reason_certificate:"De sleutel is aan een ander clientcertificaat gebonden.",say_reason_event:"Het gebeurtenistype staat niet op de lijst van de sleutel.",say_reason_event_scope:"De gegevens van de gebeurtenis noemen iets dat niet binnen het bereik van de sleutel valt.",say_reason_key_ambiguous:"Het verzoek had meer dan één sleutel.",say_reason_key_changed:"De sleutel is gewijzigd terwijl het verzoek liep.",say_reason_key_disabled:"De sleutel is uitgeschakeld.",say_reason_key_expired:"De sleutel of zijn oude geheim is verlopen.",say_reason_key_malformed:"Wat is gestuurd, is geen sleutel van Drawbridge.",say_reason_key_missing:"Het verzoek had geen sleutel.",say_reason_key_session_over:"De sessie van de browser is beëindigd.",say_reason_key_unknown:"Er is geen sleutel met dit geheim. Het is vervangen of verwijderd, of heeft nooit bestaan.",say_reason_locked_out:"Van dit adres kwamen te veel ongeldige sleutels.",say_reason_network:"De sleutel mag vanaf dit adres niet worden gebruikt.",say_reason_new_network:"De sleutel is gebruikt vanaf een netwerk (IPv4 /24 of IPv6 /64) vanwaar hij eerder niet is gebruikt.",say_reason_origin:"De herkomst van de webpagina is niet toegestaan voor de sleutel.",say_reason_rate_limited:"De sleutel heeft meer verzoeken gedaan dan zijn limiet toestaat.",say_reason_scope:"De entiteit valt niet binnen het bereik van de sleutel.",say_reason_service:"De actie is niet toegestaan, of een entiteit valt niet binnen het bereik van de sleutel.",say_reason_service_scope:"De actie is niet toegestaan, of een entiteit valt niet binnen het bereik van de sleutel.",say_reason_template_budget:"De sjablonen van de sleutel hebben hun rekentijd verbruikt.",say_reason_template_busy:"Een ander sjabloon van de sleutel werd uitgewerkt.",say_reason_template_function:"Het sjabloon gebruikt een functie die niet is toegestaan.",say_reason_template_scope:"Het sjabloon leest een entiteit die niet binnen het bereik van de sleutel valt.",say_reason_too_large:"Het verzoek was te groot.",say_reason_too_many_connections:"Er waren te veel open verbindingen.",say_reason_too_many_states:"De sleutel heeft zo veel toestanden gemaakt als hij mag.",say_reason_too_many_subscriptions:"De verbinding had te veel abonnementen.",say_reason_unfinished:"De sleutel had te veel aanroepen die nog liepen.",say_reason_unnamed:"De reden is {reason}.",say_reason_unread:"De sleutel had te veel antwoorden die niet werden gelezen.",say_rule_all_in_scope:"De regel: alle entiteiten die de aanroep bereikt, vallen binnen het bereik.",say_rule_data_outside:"De regel: de gegevens noemen iets dat niet binnen het bereik valt.",say_rule_delegate:"De regel: {entity} werkt op iets dat niet binnen het bereik valt, en moet zelf op de lijst staan.",say_rule_entity_outside:"De regel: {entity} valt niet binnen het bereik.",say_rule_field_not_reviewed:"De regel: voor het veld “{field}” moet de actie met al haar velden op de lijst staan.",say_rule_field_value:"De regel: de waarde van “{field}” is niet toegestaan.",say_rule_no_entity:"De regel: de aanroep bereikt geen entiteit van haar domein.",say_rule_no_such_service:"De regel: niets wat de aanroep bereikt, heeft een actie “{service}”.",say_rule_service_exact:"De regel: de actie {service} moet met haar exacte naam op de lijst staan.",say_rule_service_listed:"De regel: de actie {service} staat op de lijst.",say_rule_service_not_listed:"De regel: de actie {service} staat niet op de lijst.",say_rule_services_allowed:"De regel: acties van entiteiten zijn toegestaan.",say_rule_setting:"De regel: {entity} is een instelling van haar apparaat en moet zelf op de lijst staan.",say_rule_target_outside:"De regel: een doel noemt niets binnen het bereik.",say_rule_templated:"De regel: sjablonen in de gegevens zijn niet toegestaan.",say_scope_everything:"Inbegrepen, omdat de sleutel alles ziet.",say_scope_excluded:"Uitgesloten door: {kind} {item}.",say_scope_included:"Inbegrepen door: {kind} {item}.",say_scope_not_included:"Niet inbegrepen.",say_scope_own:"Entiteiten van Drawbridge moeten met hun ID op de lijst staan.",say_setting:"{entity} is een instelling van haar apparaat. Voeg haar met de hand toe als je dat wilt.",say_still_refused:"De aanroep zou nog steeds worden geweigerd.",say_too_many_entities:"De sleutel heeft te veel entiteiten.",say_was_allowed:"Het verzoek is toegestaan.",search:"Entiteit of tekst",search_hint:"Ganglamp",seconds_left_one:"nog {count} seconde",seconds_left_other:"nog {count} seconden",secret:"Geheim",secret_done:"Ik heb het gekopieerd",secret_once:"Kopieer het geheim nu. Het wordt niet opnieuw getoond.",sees:"Ziet",sees_everything:"Alles wat niet is uitgesloten ({count})",sees_one:"{count} entiteit",sees_other:"{count} entiteiten",show:"Tonen",show_more:"Meer tonen",showing:"{shown} van {all}",smallest_change:"De kleinste wijziging die dit toestaat",tab_access:"Toegang",tab_activity:"Activiteit",tab_keys:"Sleutels",task_compare:"Vergelijken",task_delete:"Verwijderen",task_policy:"Beleidstests",task_proposal:"Wat hij nodig heeft",task_rotate:"Geheim vervangen",test_broken:"Mislukt",test_missing:"Ontbreekt",test_passed:"Geslaagd",test_unreadable:"Beschadigd",try_it:"Probeer het",undo:"Ongedaan maken",waiting_one:"{count} nieuwe regel wacht.",waiting_other:"{count} nieuwe regels wachten.",why:"Waarom het is geweigerd"};var q5={en:Q1,de:r5,nl:M5},v2=Q1,s1="en",m2,s2;function t5(e){s1=e.locale.language,v2=q5[s1.split("-")[0]??""]??Q1,m2={12:!0,24:!1}[K5(e.locale)],s2=e.locale.time_zone==="server"?e.config.time_zone:void 0}function K5(e){return e.time_format??"language"}function r(e,H={}){return v2[e].replaceAll(/\{(\w+)\}/g,(C,V)=>String(H[V]??C))}function Z(e,H,C={}){let V=new Intl.PluralRules(s1).select(H)==="one"?"one":"other";return r(`${e}_${V}`,{count:O(H),...C})}function N(e,H,C={}){let V=`${e}_${H}`;return V in v2?r(V,C):void 0}function y(e,H){return N(e,H)??H.replaceAll("_"," ")}function O(e){return e.toLocaleString(s1)}function q1(e,H){let C={...H,...H.hour!==void 0&&m2!==void 0?{hour12:m2}:{},...s2===void 0?{}:{timeZone:s2}};return new Intl.DateTimeFormat(s1,C).format(e*1e3)}function i5(e){let H=q1(e,{hour:"numeric",minute:"2-digit",second:"2-digit"}),C=V=>q1(V,{year:"numeric",month:"numeric",day:"numeric"});return C(e)===C(Date.now()/1e3)?H:`${q1(e,{month:"short",day:"numeric"})}, ${H}`}function R(e){return q1(e,{dateStyle:"medium",timeStyle:"short"})}var X5=[["day",86400],["hour",3600],["minute",60]];function B1(e){let H=e-Date.now()/1e3,[C,V]=X5.find(([,L])=>Math.abs(H)>=L)??["second",1];return new Intl.RelativeTimeFormat(s1,{numeric:"auto"}).format(Math.trunc(H/V),C)}var Y5={unauthorized:"error_unauthorized",not_loaded:"error_not_loaded",not_found:"error_not_found",unknown_command:"error_unknown_command",timeout:"error_timeout",3:"error_offline"};function f(e){let{code:H,message:C,name:V,values:L}=J5(e),t=Y5[H];return N("error",V,L)??(t===void 0?C||r("error_unknown"):r(t))}function J5(e){if(typeof e!="object"||e===null)return{code:String(e),message:"",name:"",values:{}};let{code:H,message:C,translation_key:V,translation_placeholders:L}=e;return{code:String(H),message:typeof C=="string"?C:"",name:typeof V=="string"?V:"",values:L??{}}}function v(e,H){customElements.get(e)===void 0&&customElements.define(e,H)}var x=s`
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
`;var B=class{constructor(H,C){this.host=H;this.ask=C;this.loading=!1;this.question=0;H.addController(this)}hostDisconnected(){window.clearTimeout(this.timer),this.question+=1}start(){this.value=void 0,this.load()}refresh(){window.clearTimeout(this.timer),this.timer=window.setTimeout(()=>{this.load()},400)}take(H){window.clearTimeout(this.timer),this.question+=1,this.settle(H,void 0)}async load(){this.question+=1;let H=this.question;window.clearTimeout(this.timer),this.loading=!0,this.host.requestUpdate();try{let C=await this.ask();H===this.question&&this.settle(C,void 0)}catch(C){H===this.question&&this.settle(void 0,C)}}settle(H,C){this.value=H,this.error=C,this.loading=!1,this.host.requestUpdate()}};function v1(e,H){let C=e.entities?.[H];return C?.area_id??(C?.device_id?e.devices?.[C.device_id]?.area_id:null)??null}function k(e,H){return e.states[H]?.attributes.friendly_name??H}function V1(e,H){return e.areas?.[H]?.name??H}function x1(e,H){let C={};for(let[L,t]of Object.entries(H.values))C[L]=a5(e,L,t,H);let V=N("say",H.name,C);return V===void 0?H.text:H.name.startsWith("scope_")&&C.entity!==void 0?`${C.entity}: ${V}`:V}function K1(e,H){return H.map(C=>x1(e,C)).join(" ")}function a5(e,H,C,V){if(typeof C!="string")return C.map(L=>a5(e,C3[H]??"",L,V)).join(", ");switch(H){case"entity":case"other":return H3(e,C);case"capability":return y("capability",C);case"right":return C==="other_actions"?r("other_actions"):y("capability",C);case"kind":return y("kind",C);case"item":return V3(e,V.values.kind,C);default:return C}}var C3={entities:"entity",others:"right"};function H3(e,H){let C=k(e,H);return C===H?H:`${C} (${H})`}function V3(e,H,C){return H==="area"?V1(e,C):H==="device"?e.devices?.[C]?.name??C:C}function X1(e){let{read:H,control:C,history:V=!1}=e;return[...H?[M`<span class="chip accent">${r("right_read")}</span>`]:[],...V?[M`<span class="chip accent">${r("right_history")}</span>`]:[],...C?[M`<span class="chip alert">${r("right_control")}</span>`]:[]]}var W=class extends l{constructor(){super(...arguments);this.keys=[];this.key="";this.area=null;this.heading="";this.language="";this.found=new B(this,()=>this.api.accessOfKey(this.key))}static{this.styles=[x,s`
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
    `]}updated(C){C.has("key")?this.found.start():C.has("keys")&&this.found.refresh()}render(){return M`<h3>${this.heading}</h3>
      ${this.content()}`}content(){let{value:C,error:V}=this.found;if(V!==void 0)return M`<p class="error" role="alert">${f(V)}</p>`;if(C===void 0)return M`<p class="faint" role="status">${r("loading")}</p>`;let L=C.entities.filter(t=>t.area_id===this.area);return M`<ul>
        ${L.map(t=>this.line(t))}
      </ul>
      ${C.more===0?"":M`<p class="faint">${Z("and_more",C.more)}</p>`}`}line(C){let V=()=>this.dispatchEvent(new CustomEvent("entity",{detail:C.entity_id,bubbles:!0,composed:!0}));return M`<li>
      <span class="row">
        <button title=${r("access_who",{name:C.name??C.entity_id})} @click=${V}>
          ${C.name??C.entity_id}
        </button>
        ${X1(C)}
      </span>
      <code class="faint">${C.entity_id}</code>
      <small class="faint">${x1(this.hass,C.rule_sentence)}</small>
    </li>`}};i([o({attribute:!1})],W.prototype,"hass",2),i([o({attribute:!1})],W.prototype,"api",2),i([o({attribute:!1})],W.prototype,"keys",2),i([o()],W.prototype,"key",2),i([o()],W.prototype,"area",2),i([o()],W.prototype,"heading",2),i([o()],W.prototype,"language",2);v("drawbridge-area-entities",W);var o5=s`
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
`;var z=class extends l{constructor(){super(...arguments);this.keys=[];this.narrow=!1;this.language="";this.chosen="";this.found=new B(this,()=>this.api.areas())}static{this.styles=[x,o5]}connectedCallback(){super.connectedCallback(),this.found.start()}updated(C){C.has("keys")&&C.get("keys")!==void 0&&this.found.refresh()}render(){let{value:C,error:V}=this.found;if(V!==void 0)return M`<p class="error" role="alert">${f(V)}</p>`;if(C===void 0)return M`<p class="faint" role="status">${r("loading")}</p>`;let L=Object.entries(C.keys);if(L.length===0)return M`<p class="faint">${r("access_no_keys")}</p>`;let t=L.filter(([n])=>n===this.chosen),a=this.narrow?t.length>0?t:L.slice(0,1):L;return M`
      ${this.narrow&&L.length>1?this.choice(L,a[0]?.[0]??""):A}
      <div class="card scroll" tabindex="0" role="region" aria-label=${r("access_map_heading")}>
        ${this.table(C,a)}
      </div>
    `}choice(C,V){let L=t=>{this.chosen=t.target.value,this.opened=void 0};return M`<label class="field">
      <span>${r("column_key")}</span>
      <select @change=${L}>
        ${C.map(([t,a])=>M`<option value=${t} ?selected=${t===V}>${a}</option>`)}
      </select>
    </label>`}table(C,V){return M`<table>
      <thead>
        <tr>
          <th scope="col">${r("area")}</th>
          ${V.map(([,L])=>M`<th scope="col">${L}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${C.areas.map(L=>this.row(L,V))}
      </tbody>
    </table>`}row(C,V){let L=this.opened?.area===C.area_id?this.opened:void 0,t=C.name??r("no_area");return M`
      <tr>
        <th scope="row">${t} <small class="faint">${O(C.entities)}</small></th>
        ${V.map(([a,n])=>M`<td>${this.cell(C.keys[a],{area:C.area_id,key:a},t,n)}</td>`)}
      </tr>
      ${L===void 0?A:M`<tr>
            <td class="entities" colspan=${V.length+1}>
              <drawbridge-area-entities
                .hass=${this.hass}
                .api=${this.api}
                .keys=${this.keys}
                .key=${L.key}
                .area=${L.area}
                .heading=${`${V.find(([a])=>a===L.key)?.[1]??""} · ${t}`}
                .language=${this.language}
              ></drawbridge-area-entities>
            </td>
          </tr>`}
    `}cell(C,V,L,t){if(C===void 0||C.read===0&&C.control===0)return M`<span class="faint" aria-label=${r("nothing")}>–</span>`;let a={read:O(C.read),control:O(C.control)},n=this.opened?.area===V.area&&this.opened.key===V.key;return M`<button
      class="counts"
      aria-expanded=${n}
      aria-label=${r("access_cell",{...a,area:L,key:t})}
      @click=${()=>this.opened=n?void 0:V}
    >
      <span class="chip accent">${r("reads",a)}</span>
      ${C.control===0?A:M`<span class="chip alert">${r("controls",a)}</span>`}
    </button>`}};i([o({attribute:!1})],z.prototype,"hass",2),i([o({attribute:!1})],z.prototype,"api",2),i([o({attribute:!1})],z.prototype,"keys",2),i([o({type:Boolean})],z.prototype,"narrow",2),i([o()],z.prototype,"language",2),i([p()],z.prototype,"opened",2),i([p()],z.prototype,"chosen",2);v("drawbridge-area-grid",z);var L3=30,I=class extends l{constructor(){super(...arguments);this.label="";this.inline=!1;this.text="";this.marked=0}static{this.styles=[x,s`
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
      :host([inline]) ul {
        position: static;
        max-height: 220px;
        margin-top: 4px;
        box-shadow: none;
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
    `]}render(){return M`
      <label class="field">
        <span>${this.label}</span>
        <input
          type="text"
          role="combobox"
          autocomplete="off"
          aria-autocomplete="list"
          aria-controls="list"
          aria-expanded=${this.shown!==void 0}
          aria-activedescendant=${this.shown?.[this.marked]===void 0?A:`option-${this.marked}`}
          placeholder=${r("entity_hint")}
          .value=${this.text}
          @input=${this.search}
          @focus=${this.search}
          @blur=${this.hide}
          @keydown=${this.press}
        />
      </label>
      ${this.shown===void 0?A:this.list(this.shown)}
    `}list(C){return M`<ul id="list" role="listbox" aria-label=${this.label} @mousedown=${V=>V.preventDefault()}>
      ${C.length===0?M`<li class="faint">${r("entity_none")}</li>`:A}
      ${C.map((V,L)=>M`<li
            id="option-${L}"
            role="option"
            aria-selected=${L===this.marked}
            @click=${()=>this.pick(V)}
          >
            ${k(this.hass,V)} <code class="faint">${V}</code>
          </li>`)}
    </ul>`}search(){this.text=this.input.value;let C=this.text.trim().toLowerCase(),V=[];for(let L in this.hass.states){if(V.length>=L3)break;(L.includes(C)||k(this.hass,L).toLowerCase().includes(C))&&V.push(L)}this.shown=V,this.marked=0}hide(){this.shown=void 0}press(C){let V=this.shown??[],L=V[this.marked];if(C.key==="ArrowDown")this.mark(Math.min(this.marked+1,V.length-1));else if(C.key==="ArrowUp")this.mark(Math.max(this.marked-1,0));else if(C.key==="Enter"&&L!==void 0)this.pick(L);else if(C.key==="Escape"&&this.shown!==void 0)this.hide();else return;C.preventDefault(),C.stopPropagation()}mark(C){this.shown===void 0?this.search():this.marked=C,this.updateComplete.then(()=>this.renderRoot.querySelector(`#option-${this.marked}`)?.scrollIntoView({block:"nearest"}))}pick(C){this.text=k(this.hass,C),this.hide(),this.dispatchEvent(new CustomEvent("picked",{detail:C}))}};i([o({attribute:!1})],I.prototype,"hass",2),i([o()],I.prototype,"label",2),i([o({type:Boolean,reflect:!0})],I.prototype,"inline",2),i([p()],I.prototype,"text",2),i([p()],I.prototype,"shown",2),i([p()],I.prototype,"marked",2),i([w("input")],I.prototype,"input",2);v("drawbridge-entity-picker",I);var L1=class extends l{constructor(){super(...arguments);this.keys=[];this.entity="";this.language="";this.found=new B(this,()=>this.api.accessOfEntity(this.entity))}static{this.styles=[x,s`
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
    `]}updated(C){this.entity!==""&&(C.has("entity")?(this.found.start(),this.scrollIntoView({block:"nearest"})):C.has("keys")&&this.found.refresh())}render(){return M`
      <drawbridge-entity-picker .hass=${this.hass} .label=${r("entity")} @picked=${this.pick}></drawbridge-entity-picker>
      <div role="status">${this.entity===""?A:this.answer()}</div>
    `}answer(){let{value:C,error:V}=this.found;if(V!==void 0)return M`<p class="error">${f(V)}</p>`;if(C===void 0)return M`<p class="faint">${r("loading")}</p>`;let L=v1(this.hass,this.entity),t=C.filter(n=>n.read||n.control||n.history),a=C.filter(n=>!t.includes(n));return M`<div class="card">
      <h3>${k(this.hass,this.entity)}</h3>
      <p class="faint">
        <code>${this.entity}</code>${L===null?"":` · ${V1(this.hass,L)}`}
      </p>
      ${t.length===0?M`<p>${r("access_nobody")}</p>`:M`<ul>
            ${t.map(n=>this.line(n))}
          </ul>`}
      ${a.length===0?A:M`<p class="faint">${r("right_none")}: ${a.map(n=>`${n.name} (${x1(this.hass,n.rule_sentence)})`).join(", ")}</p>`}
    </div>`}line(C){return M`<li>
      <span class="row">
        <strong>${C.name}</strong> ${X1(C)}
        ${C.enabled?A:M`<span class="chip">${r("chip_off")}</span>`}
      </span>
      <span class="faint">${x1(this.hass,C.rule_sentence)}</span>
    </li>`}pick(C){this.dispatchEvent(new CustomEvent("entity",{detail:C.detail}))}};i([o({attribute:!1})],L1.prototype,"hass",2),i([o({attribute:!1})],L1.prototype,"api",2),i([o({attribute:!1})],L1.prototype,"keys",2),i([o()],L1.prototype,"entity",2),i([o()],L1.prototype,"language",2);v("drawbridge-entity-access",L1);var K=class extends l{constructor(){super(...arguments);this.keys=[];this.narrow=!1;this.language="";this.entity=""}static{this.styles=[x,s`
      :host {
        display: grid;
        gap: 24px;
      }
      section {
        display: grid;
        gap: 8px;
        min-width: 0;
      }
    `]}render(){return M`
      <section aria-labelledby="who">
        <h2 id="who">${r("access_entity_heading")}</h2>
        <p class="faint">${r("access_entity_text")}</p>
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
        <h2 id="map">${r("access_map_heading")}</h2>
        <p class="faint">${r("access_map_text")}</p>
        <drawbridge-area-grid
          .hass=${this.hass}
          .api=${this.api}
          .keys=${this.keys}
          .narrow=${this.narrow}
          .language=${this.language}
          @entity=${C=>this.entity=C.detail}
        ></drawbridge-area-grid>
      </section>
    `}};i([o({attribute:!1})],K.prototype,"hass",2),i([o({attribute:!1})],K.prototype,"api",2),i([o({attribute:!1})],K.prototype,"keys",2),i([o({type:Boolean})],K.prototype,"narrow",2),i([o()],K.prototype,"language",2),i([p()],K.prototype,"entity",2);v("drawbridge-access-view",K);/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var A5={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},n5=e=>(...H)=>({_$litDirective$:e,values:H}),Y1=class{constructor(H){}get _$AU(){return this._$AM._$AU}_$AT(H,C,V){this._$Ct=H,this._$AM=C,this._$Ci=V}_$AS(H,C){return this.update(H,C)}update(H,C){return this.render(...C)}};/**
 * @license
 * Copyright 2020 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var{I:e3}=L5,d5=e=>e;var p5=()=>document.createComment(""),u1=(e,H,C)=>{let V=e._$AA.parentNode,L=H===void 0?e._$AB:H._$AA;if(C===void 0){let t=V.insertBefore(p5(),L),a=V.insertBefore(p5(),L);C=new e3(t,a,e,e.options)}else{let t=C._$AB.nextSibling,a=C._$AM,n=a!==e;if(n){let d;C._$AQ?.(e),C._$AM=e,C._$AP!==void 0&&(d=e._$AU)!==a._$AU&&C._$AP(d)}if(t!==L||n){let d=C._$AA;for(;d!==t;){let u=d5(d).nextSibling;d5(V).insertBefore(d,L),d=u}}}return C},e1=(e,H,C=e)=>(e._$AI(H,C),e),r3={},l5=(e,H=r3)=>e._$AH=H,m5=e=>e._$AH,J1=e=>{e._$AR(),e._$AA.remove()};/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var s5=(e,H,C)=>{let V=new Map;for(let L=H;L<=C;L++)V.set(e[L],L);return V},Z1=n5(class extends Y1{constructor(e){if(super(e),e.type!==A5.CHILD)throw Error("repeat() can only be used in text expressions")}dt(e,H,C){let V;C===void 0?C=H:H!==void 0&&(V=H);let L=[],t=[],a=0;for(let n of e)L[a]=V?V(n,a):a,t[a]=C(n,a),a++;return{values:t,keys:L}}render(e,H,C){return this.dt(e,H,C).values}update(e,[H,C,V]){let L=m5(e),{values:t,keys:a}=this.dt(H,C,V);if(!Array.isArray(L))return this.ut=a,t;let n=this.ut??=[],d=[],u,h,m=0,g=L.length-1,c=0,_=t.length-1;for(;m<=g&&c<=_;)if(L[m]===null)m++;else if(L[g]===null)g--;else if(n[m]===a[c])d[c]=e1(L[m],t[c]),m++,c++;else if(n[g]===a[_])d[_]=e1(L[g],t[_]),g--,_--;else if(n[m]===a[_])d[_]=e1(L[m],t[_]),u1(e,d[_+1],L[m]),m++,_--;else if(n[g]===a[c])d[c]=e1(L[g],t[c]),u1(e,L[m],L[g]),g--,c++;else if(u===void 0&&(u=s5(a,c,_),h=s5(n,m,g)),u.has(n[m]))if(u.has(n[g])){let U=h.get(a[c]),r2=U!==void 0?L[U]:null;if(r2===null){let g2=u1(e,L[m]);e1(g2,t[c]),d[c]=g2}else d[c]=e1(r2,t[c]),u1(e,L[m],r2),L[U]=null;c++}else J1(L[g]),g--;else J1(L[m]),m++;for(;c<=_;){let U=u1(e,d[_+1]);e1(U,t[c]),d[c++]=U}for(;m<=g;){let U=L[m++];U!==null&&J1(U)}return this.ut=a,l5(e,d),q}});function x2(e,H,C){let V=document.createElement("a");V.href=URL.createObjectURL(new Blob([C],{type:H})),V.download=e,V.click(),window.setTimeout(()=>URL.revokeObjectURL(V.href),6e4)}async function v5(e,H){try{return await navigator.clipboard.writeText(e),!0}catch{return M3(e,H)}}function M3(e,H){let C=document.createElement("textarea");C.value=e,C.style.cssText="position: fixed; opacity: 0",H.appendChild(C),C.select();try{return document.execCommand("copy")}finally{C.remove()}}var C2=class{constructor(){this.missed=0;this.kept=new Map}get all(){return[...this.kept.values()]}take(H){H.missed===void 0&&(this.kept=new Map,this.missed=0),this.missed+=H.missed??0;for(let C of H.records)this.kept.set(C.id,C);for(let C of this.kept.keys()){if(this.kept.size<=1e3)break;this.kept.delete(C)}}},u5={key:"",area:"",text:"",outcome:""},u2="none";function Z5(e,H,C){if(H.outcome!==""&&e.outcome!==H.outcome||H.key!==""&&(e.key_id??u2)!==H.key)return!1;let{entities:V}=e.subject;return H.area!==""&&!V.some(L=>C(L.entity_id)===H.area)?!1:H.text.trim()===""||t3(e,H.text.trim().toLowerCase())}function t3(e,H){let{entities:C,action:V,event:L,what:t}=e.subject,a=C.flatMap(n=>[n.entity_id,n.name]);return[e.key_name,e.address,e.target,e.reason,e.route,V,L,t,...a].filter(n=>n!==null).some(n=>n.toLowerCase().includes(H))}function Z2(e){let{entities:H,action:C,event:V,operation:L}=e.subject;return JSON.stringify([e.key_id,e.reason,L,C,V,H.map(t=>t.entity_id)])}function c5(e){return e.map(H=>`${JSON.stringify(H)}
`).join("")}var x5=["time","key_id","key_name","outcome","reason","status","what","action","event","entities","count","address","method","route","target","request_id"];function S5(e){let H=e.map(C=>{let V={...C,...C.subject,time:new Date(C.time*1e3).toISOString(),entities:C.subject.entities.map(L=>L.entity_id).join(" ")};return x5.map(L=>i3(V[L])).join(",")});return[x5.join(","),...H].map(C=>`${C}\r
`).join("")}function i3(e){let H=String(e??"");return/^[=+\-@\t\r]/.test(H)&&(H=`'${H}`),/[",\r\n]/.test(H)?`"${H.replaceAll('"','""')}"`:H}function S(e,H=20){return M`<svg viewBox="0 0 24 24" width=${H} height=${H} fill="currentColor" aria-hidden="true">
    <path d=${e}></path>
  </svg>`}var a3=["","allowed","refused","failed"],p1=class extends l{constructor(){super(...arguments);this.keys=[];this.language=""}static{this.styles=[x,s`
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
    `]}render(){return M`
      <div class="segments" role="group" aria-label=${r("column_outcome")}>
        ${a3.map(C=>M`<button aria-pressed=${this.filter.outcome===C} @click=${()=>this.change({outcome:C})}>
              ${C===""?r("all"):y("outcome",C)}
            </button>`)}
      </div>
      <label class="field">
        <span>${r("column_key")}</span>
        <select @change=${C=>this.change({key:c2(C)})}>
          <option value="">${r("all_keys")}</option>
          ${this.keys.map(C=>this.option(C.id,C.name,this.filter.key))}
          ${this.option(u2,r("no_key"),this.filter.key)}
        </select>
      </label>
      <label class="field">
        <span>${r("area")}</span>
        <select @change=${C=>this.change({area:c2(C)})}>
          <option value="">${r("all_areas")}</option>
          ${this.areas().map(([C,V])=>this.option(C,V,this.filter.area))}
        </select>
      </label>
      <label class="field">
        <span>${r("search")}</span>
        <input
          type="search"
          placeholder=${r("search_hint")}
          .value=${this.filter.text}
          @input=${C=>this.change({text:c2(C)})}
        />
      </label>
    `}option(C,V,L){return M`<option value=${C} ?selected=${C===L}>${V}</option>`}areas(){return Object.entries(this.hass.areas??{}).map(([C,V])=>[C,V?.name??C]).sort((C,V)=>C[1].localeCompare(V[1]))}change(C){this.dispatchEvent(new CustomEvent("filter",{detail:{...this.filter,...C}}))}};i([o({attribute:!1})],p1.prototype,"hass",2),i([o({attribute:!1})],p1.prototype,"keys",2),i([o({attribute:!1})],p1.prototype,"filter",2),i([o()],p1.prototype,"language",2);function c2(e){return e.target.value}v("drawbridge-activity-filter",p1);var h5=s`96px 96px minmax(100px, 1fr) minmax(180px, 3fr) minmax(90px, 1fr) 24px`,g5=s`
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
    grid-template-columns: ${h5};
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
`,f5=s`
  :host {
    display: block;
  }
  button.line {
    display: grid;
    grid-template-columns: ${h5};
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
`;var y5=3,c1=class{async load(H){this.localize=await H.loadBackendTranslation?.("services")}of(H){let[C="",V=""]=H.split("."),L=this.localize?.(`component.${C}.services.${V}.name`);return L===void 0||L===""?H:L}};function H2(e,H){let{action:C,event:V,operation:L,what:t}=e.subject;if(C!==null)return H.of(C);if(V!==null)return r("deed_event",{event:V});if(L!==null){let[a=""]=L.split("."),n=N("operation",L.replaceAll(".","_"))??N("operation",a);if(n!==void 0)return n}return A3(t)}function P1(e){let{entities:H,more:C}=e.subject,V=H.length-y5+C,L=H.slice(0,y5).map(o3).join(", ");return V>0?`${L} ${Z("and_more",V)}`:L}function o3(e){return e.name??e.entity_id}function O5(e){return e.reason===null?"":y("reason",e.reason)}function A3(e){return e===""?r("deed_request"):e.charAt(0).toUpperCase()+e.slice(1)}function _5(e,H){let C=H.more??0;return[...H.capabilities.map(V=>M`${r("permission")}: ${y("capability",V)}`),...H.services.map(V=>M`${r("action")}: ${V==="*"?r("all_actions"):M`<code>${V}</code>`}`),...H.events.map(V=>M`${r("event")}: ${V==="*"?r("all_events"):M`<code>${V}</code>`}`),...(H.limits??[]).map(V=>M`${n3(V)}`),...H.entities.map(V=>M`${k(e,V)} <code class="faint">${V}</code>`),...C>0?[M`${Z("and_more",C)}`]:[]]}function n3(e){let[H="",...C]=e.split(" "),V=C.join(" "),L=H==="expires"?R(Number(V)):N("limit",V)??V;return N("limit",H,{value:L})??e}function S2(e,H){return M`<ul class="difference good" aria-label=${r("adds")}>
    ${_5(e,H).map(C=>M`<li data-sign="+">${C}</li>`)}
  </ul>`}function X(e,H,C,V,L){let t=_5(e,C);return M`<section>
    <h3>${H}</h3>
    ${t.length===0?M`<p class="faint">${r("nothing")}</p>`:M`<ul class="difference ${L}">
          ${t.map(a=>M`<li data-sign=${V}>${a}</li>`)}
        </ul>`}
  </section>`}var r1=s`
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
`;var S1=class extends l{constructor(){super(...arguments);this.heading="";this.locked=!1;this.closing=!1}static{this.styles=[x,s`
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
    `]}firstUpdated(){this.dialog.showModal()}close(){this.closing=!0,this.dialog.close()}render(){return M`<dialog aria-labelledby="heading" @cancel=${this.cancel} @close=${this.closed}>
      <div class="whole">
        <header>
          <h2 id="heading">${this.heading}</h2>
          ${this.locked?A:M`<button class="icon-button" type="button" aria-label=${r("close")} @click=${this.close}>
                ${S(l1)}
              </button>`}
        </header>
        <div class="body"><slot></slot></div>
        <footer><slot name="actions"></slot></footer>
      </div>
    </dialog>`}cancel(C){this.locked&&C.preventDefault()}closed(){this.locked&&!this.closing?this.dialog.showModal():this.dispatchEvent(new CustomEvent("closed"))}};i([o()],S1.prototype,"heading",2),i([o({type:Boolean})],S1.prototype,"locked",2),i([w("dialog")],S1.prototype,"dialog",2);v("drawbridge-dialog",S1);function F(e,H){e.dispatchEvent(new CustomEvent("drawbridge-message",{detail:H,bubbles:!0,composed:!0}))}var k5={passed:"good",broken:"bad",missing:"alert",unreadable:"alert"};function V2(e,H){let C=y("expect",H.expect),V=H.area_id===null?H.entity_id:V1(e,H.area_id);if(V===null)return C;let L=H.area_id===null?k(e,V):V;return`${C}: ${L}${H.action===null?"":` (${H.action})`}`}var d3={refused:"bad",partly:"alert",allowed:"good"},M1=class extends l{constructor(){super(...arguments);this.keyId="";this.actions=new c1;this.loader=new B(this,()=>this.ask())}static{this.styles=[x,s`
      :host {
        display: grid;
        gap: 6px;
      }
      ul {
        display: grid;
        gap: 4px;
      }
      li {
        overflow-wrap: anywhere;
      }
      summary {
        width: fit-content;
        cursor: pointer;
      }
      details ul {
        max-height: 220px;
        margin-top: 6px;
        overflow: auto;
      }
    `]}willUpdate(C){(C.has("keyId")||C.has("adds"))&&this.loader.start()}render(){let C=this.loader.value;return this.loader.error!==void 0?A:C===void 0?M`<p class="faint" role="status">${r("loading")}</p>`:M`${this.broken(C)} ${this.replay(C.replay)}`}broken({broken:C}){return C.length===0?A:M`<div class="error" role="alert">
      <p>${r("preview_broken")}</p>
      <ul>
        ${C.map(V=>M`<li>✕ ${V2(this.hass,V.test)} <span lang="en">(${V.rule})</span></li>`)}
      </ul>
    </div>`}replay(C){let{requests:V,since:L,changes:t,more:a}=C;if(V===0||L===null)return M`<p class="faint">${r("replay_empty")}</p>`;let n=["refused","partly","allowed"].filter(h=>C[h]>0),d=n.map(h=>Z(`replay_${h}`,C[h])).join(", "),u=Z("replay_of",V,{since:R(L)});return n.length===0?M`<p class="replay">${u} ${r("replay_same")}</p>`:M`<details>
      <summary class="replay">${u} ${d}.</summary>
      <ul>
        ${t.map(h=>this.line(h))} ${a>0?M`<li>${Z("and_more",a)}</li>`:A}
      </ul>
    </details>`}line(C){return M`<li>
      <span class="chip ${d3[C.outcome]??""}">${y("replayed",C.outcome)}</span>
      ${O(C.count)} × ${H2(C,this.actions)}${P1(C)===""?"":`: ${P1(C)}`}
      <span class="faint" lang="en">(${C.rule})</span>
    </li>`}async ask(){let C=await this.api.preview(this.keyId,this.adds);return this.dispatchEvent(new CustomEvent("previewed",{detail:C.broken.length>0})),C}};i([o({attribute:!1})],M1.prototype,"api",2),i([o({attribute:!1})],M1.prototype,"hass",2),i([o({attribute:!1})],M1.prototype,"keyId",2),i([o({attribute:!1})],M1.prototype,"adds",2),i([o({attribute:!1})],M1.prototype,"actions",2);v("drawbridge-preview",M1);var p3=3600,P=class extends l{constructor(){super(...arguments);this.language="";this.busy=!1;this.breaks=!1;this.load=async()=>{this.error=void 0,this.breaks=!1;try{this.found=await this.api.explain(this.record.id)}catch(C){this.error=C}}}static{this.styles=[x,r1,s`
      :host,
      .change {
        display: grid;
        gap: 8px;
      }
    `]}connectedCallback(){super.connectedCallback(),this.load()}render(){if(this.error!==void 0)return M`<p class="error" role="alert">${f(this.error)}</p>
        <div class="row">
          <button class="button" @click=${this.load}>${r("retry")}</button>${this.ignoreButton()}
        </div>`;if(this.found===void 0)return M`<p class="faint" role="status">${r("loading")}</p>`;let{rule_sentences:C,allowed_now:V,changes:L,why_none_sentences:t}=this.found;return M`
      ${V?M`<p class="row"><span class="chip good">${r("allowed_now")}</span></p>`:M`<h3>${r("why")}</h3>
            <p>${K1(this.hass,C)}</p>`}
      ${L.map(a=>this.change(a))}
      ${t.length===0||V?A:M`<p class="faint">${K1(this.hass,t)}</p>`}
      ${L.length>0||V?A:M`<div class="row">${this.ignoreButton()}</div>`}
      ${this.asked===void 0?A:this.question(this.asked.change,this.asked.seconds)}
    `}change(C){return M`<div class="change">
      <h3>${r("smallest_change")}</h3>
      ${S2(this.hass,C.adds)}
      ${this.beyond(C)}
      <drawbridge-preview
        .api=${this.api}
        .hass=${this.hass}
        .keyId=${this.record.key_id??""}
        .adds=${C.adds}
        @previewed=${V=>this.breaks=V.detail}
      ></drawbridge-preview>
      <div class="row">
        <button class="button main" ?disabled=${this.busy||this.breaks} @click=${()=>this.allow(C)}>${r("allow")}</button>
        <button class="button" ?disabled=${this.busy||this.breaks} @click=${()=>this.allow(C,p3)}>
          ${r("allow_hour")}
        </button>
        ${this.ignoreButton()}
      </div>
    </div>`}beyond({beyond:C}){return C.length===0?A:M`<p>${K1(this.hass,C)}</p>`}ignoreButton(){return M`<button class="button" title=${r("ignore_hint")} @click=${this.ignore}>${r("ignore")}</button>`}question(C,V){return M`<drawbridge-dialog heading=${r("broad_heading")} @closed=${()=>this.asked=void 0}>
      <p>${r("broad",{name:this.record.key_name??""})}</p>
      ${S2(this.hass,C.adds)}
      ${this.beyond(C)}
      <button slot="actions" class="button" @click=${this.closeDialog}>${r("cancel")}</button>
      <button slot="actions" class="button main" @click=${()=>this.make(C,V)}>
        ${r(V===void 0?"allow":"allow_hour")}
      </button>
    </drawbridge-dialog>`}async allow(C,V){C.broad?this.asked=V===void 0?{change:C}:{change:C,seconds:V}:await this.make(C,V)}async make(C,V){this.closeDialog(),this.busy=!0;try{await this.api.allow(this.record.id,C.id,V);let L=this.record.key_name??"";F(this,{text:r(V===void 0?"allowed":"allowed_hour",{name:L})}),await this.load()}catch(L){F(this,{text:f(L)})}finally{this.busy=!1}}closeDialog(){this.renderRoot.querySelector("drawbridge-dialog")?.close()}ignore(){this.dispatchEvent(new CustomEvent("ignore",{bubbles:!0,composed:!0}))}};i([o({attribute:!1})],P.prototype,"record",2),i([o({attribute:!1})],P.prototype,"api",2),i([o({attribute:!1})],P.prototype,"hass",2),i([o()],P.prototype,"language",2),i([p()],P.prototype,"found",2),i([p()],P.prototype,"error",2),i([p()],P.prototype,"busy",2),i([p()],P.prototype,"breaks",2),i([p()],P.prototype,"asked",2);v("drawbridge-explanation",P);var l3={allowed:"good",refused:"bad",failed:"alert"},Y=class extends l{constructor(){super(...arguments);this.opened=!1;this.language=""}static{this.styles=[x,f5]}render(){let{record:C}=this,V=O5(C),L=P1(C);return M`
      <button class="line" aria-expanded=${this.opened} aria-controls="details" @click=${this.toggle}>
        <span class="time">${i5(C.time)}</span>
        <span class="outcome"><span class="chip ${l3[C.outcome]}">${y("outcome",C.outcome)}</span></span>
        <span class="key">${C.key_name??r("no_key")}</span>
        <span class="what">
          ${H2(C,this.actions)}${L===""?"":M`: <strong>${L}</strong>`}
          ${C.count>1?M`<span class="faint">× ${O(C.count)}</span>`:A}
          ${V===""?A:M`<small>${V}</small>`}
        </span>
        <span class="from faint">${C.address}</span>
        <span class="arrow">${S(f2)}</span>
      </button>
      <div id="details">${this.opened?this.details():A}</div>
    `}details(){let{record:C}=this,V=C.subject.entities;return M`<div class="details">
      ${C.outcome==="refused"?M`<drawbridge-explanation
            .record=${C}
            .api=${this.api}
            .hass=${this.hass}
            .language=${this.language}
          ></drawbridge-explanation>`:A}
      <dl>
        <dt>${r("column_time")}</dt>
        <dd>${R(C.time)}</dd>
        <dt>${r("request")}</dt>
        <dd><code>${C.method} ${C.route}</code> → ${C.status}</dd>
        ${C.subject.action===null?A:M`<dt>${r("action")}</dt>
              <dd><code>${C.subject.action}</code></dd>`}
        ${V.length===0?A:M`<dt>${r("entities")}</dt>
              <dd>
                ${V.map((L,t)=>M`${t===0?"":", "}<code>${L.entity_id}</code>`)}
                ${C.subject.more===0?"":Z("and_more",C.subject.more)}
              </dd>`}
        <dt>${r("column_from")}</dt>
        <dd>${C.address}</dd>
        <dt>${r("request_id")}</dt>
        <dd><code>${C.request_id}</code></dd>
      </dl>
    </div>`}toggle(){this.dispatchEvent(new CustomEvent("toggle-row"))}};i([o({attribute:!1})],Y.prototype,"record",2),i([o({attribute:!1})],Y.prototype,"api",2),i([o({attribute:!1})],Y.prototype,"hass",2),i([o({attribute:!1})],Y.prototype,"actions",2),i([o({type:Boolean,reflect:!0})],Y.prototype,"opened",2),i([o()],Y.prototype,"language",2);v("drawbridge-activity-row",Y);var b5="drawbridge-ignored";var L2=class{constructor(){this.signatures=new Set(m3())}has(H){return this.signatures.has(H)}add(H){this.signatures=new Set([...this.signatures,H].slice(-200)),this.write()}clear(){this.signatures.clear(),this.write()}write(){try{localStorage.setItem(b5,JSON.stringify([...this.signatures]))}catch{}}};function m3(){try{let e=JSON.parse(localStorage.getItem(b5)??"[]");return Array.isArray(e)?e.filter(H=>typeof H=="string"):[]}catch{return[]}}var h2=100,b=class extends l{constructor(){super(...arguments);this.records=[];this.keys=[];this.missed=0;this.loading=!1;this.language="";this.filter=u5;this.shown=h2;this.withIgnored=!1;this.ignored=new L2;this.rows=[];this.hiddenRows=0}static{this.styles=[x,g5]}willUpdate(){let C=a=>v1(this.hass,a),V=(this.paused??this.records).filter(a=>Z5(a,this.filter,C)),L=V.filter(a=>a.outcome==="refused"&&this.ignored.has(Z2(a)));this.hiddenRows=L.length;let t=new Set(this.withIgnored?[]:L);this.rows=V.filter(a=>!t.has(a)).reverse()}render(){return M`
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
            ${S(this.paused===void 0?R2:D2)}
            ${r(this.paused===void 0?"pause":"resume")}
          </button>
          ${this.exportButton("jsonl",r("export_json"))} ${this.exportButton("csv",r("export_csv"))}
        </div>
      </div>
      ${this.notices()} ${this.rows.length===0?this.empty():this.list()}
    `}exportButton(C,V){return M`<button
      class="button"
      title=${r("export_title")}
      ?disabled=${this.rows.length===0}
      @click=${()=>this.export(C)}
    >
      ${S(b2)} ${V}
    </button>`}notices(){let C=this.paused===void 0?0:this.waiting(this.paused);return M`
      <div role="status">
        ${this.paused===void 0?A:M`<p class="notice">${r("paused")} ${C===0?"":Z("waiting",C)}</p>`}
      </div>
      ${this.missed===0?A:M`<p class="notice">${Z("missed",this.missed)}</p>`}
      ${this.hiddenRows===0?A:M`<p class="row faint">
            ${Z("ignored",this.hiddenRows)}
            <button class="button" aria-pressed=${this.withIgnored} @click=${this.toggleIgnored}>
              ${r(this.withIgnored?"hide":"show")}
            </button>
            <button class="button" @click=${this.forgetIgnored}>${r("ignore_none")}</button>
          </p>`}
    `}empty(){return this.loading?M`<p class="empty" role="status">${r("loading")}</p>`:this.records.length>0?M`<p class="empty">${r("activity_none_match")}</p>`:M`<div class="empty">
      ${S(k2)}
      <h2>${r("activity_empty")}</h2>
      <p>${r("activity_empty_hint")}</p>
    </div>`}list(){return M`
      <div class="card">
        <div class="head" aria-hidden="true">
          <span>${r("column_time")}</span><span>${r("column_outcome")}</span><span>${r("column_key")}</span
          ><span>${r("column_what")}</span><span>${r("column_from")}</span>
        </div>
        <ul aria-label=${r("tab_activity")}>
          ${Z1(this.rows.slice(0,this.shown),C=>C.id,C=>M`<li>
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
        ${r("showing",{shown:O(Math.min(this.shown,this.rows.length)),all:O(this.rows.length)})}
        ${this.rows.length>this.shown?M`<button class="button" @click=${()=>this.shown+=h2}>${r("show_more")}</button>`:A}
      </p>
    `}waiting(C){let V=new Set(C.map(L=>L.id));return this.records.filter(L=>!V.has(L.id)).length}setFilter(C){this.filter=C.detail,this.shown=h2}togglePause(){this.paused=this.paused===void 0?this.records:void 0}toggle(C){this.opened=this.opened===C?void 0:C}ignore(C){this.ignored.add(Z2(C)),this.opened=void 0,this.requestUpdate()}toggleIgnored(){this.withIgnored=!this.withIgnored}forgetIgnored(){this.ignored.clear(),this.requestUpdate()}export(C){let V=`drawbridge-activity-${new Date().toISOString().slice(0,19).replaceAll(":","-")}.${C}`,L=[...this.rows].reverse();C==="csv"?x2(V,"text/csv",S5(L)):x2(V,"application/jsonl",c5(L))}};i([o({attribute:!1})],b.prototype,"hass",2),i([o({attribute:!1})],b.prototype,"api",2),i([o({attribute:!1})],b.prototype,"actions",2),i([o({attribute:!1})],b.prototype,"records",2),i([o({attribute:!1})],b.prototype,"keys",2),i([o({type:Number})],b.prototype,"missed",2),i([o({type:Boolean})],b.prototype,"loading",2),i([o()],b.prototype,"language",2),i([p()],b.prototype,"filter",2),i([p()],b.prototype,"paused",2),i([p()],b.prototype,"opened",2),i([p()],b.prototype,"shown",2),i([p()],b.prototype,"withIgnored",2);v("drawbridge-activity-view",b);var e2=class{constructor(H){this.hass=H}setEnabled(H,C){return this.call("keys/set_enabled",{key_id:H,enabled:C})}rotate(H,C){return this.call("keys/rotate",{key_id:H,overlap:C})}delete(H){return this.call("keys/delete",{key_id:H})}undo(H){return this.call("keys/undo",{undo:H})}compare(H,C){return this.call("keys/compare",{key_id:H,other_id:C})}explain(H){return this.call("activity/explain",{record_id:H})}allow(H,C,V){return this.call("activity/allow",{record_id:H,change_id:C,...V===void 0?{}:{seconds:V}})}decide(H,C){return this.call("approvals/decide",{request:H,answer:C})}areas(){return this.call("access/areas",{})}accessOfKey(H){return this.call("access/key",{key_id:H})}async accessOfEntity(H){return(await this.call("access/entity",{entity_id:H})).keys}proposal(H){return this.call("proposal",{key_id:H})}tests(H){return this.call("tests/list",{key_id:H})}addTest(H,C){return this.call("tests/add",{key_id:H,test:C})}removeTest(H,C){return this.call("tests/remove",{key_id:H,test:C})}preview(H,C){return this.call("preview",{key_id:H,...C===void 0?{learned:!0}:{adds:C}})}call(H,C){return this.hass().callWS({type:`drawbridge/${H}`,...C})}};var w5="*",D=class extends l{constructor(){super(...arguments);this.ends=0;this.language="";this.busy=!1;this.asked=!1}static{this.styles=[x,r1,s`
      article {
        display: grid;
        gap: 10px;
        padding: 14px 16px;
        border-inline-start: 4px solid var(--alert);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      h3 {
        flex: 1;
        overflow-wrap: anywhere;
      }
      .left {
        font-variant-numeric: tabular-nums;
      }
      .always {
        max-height: 50vh;
        overflow: auto;
      }
    `]}connectedCallback(){super.connectedCallback(),this.timer=window.setInterval(()=>this.requestUpdate(),1e3)}disconnectedCallback(){super.disconnectedCallback(),window.clearInterval(this.timer)}render(){let C=Math.max(0,Math.round((this.ends-Date.now())/1e3));return M`<article class="card" aria-labelledby="name">
      <header>
        ${S(w2)}
        <h3 id="name">${r("approval_asks",{name:this.request.key_name})}</h3>
        <span class="left faint">${Z("seconds_left",C)}</span>
      </header>
      <ul>
        ${this.request.calls.map(V=>M`<li>${this.call(V)}</li>`)}
      </ul>
      <div class="row">
        ${this.button("once","approval_once","main")} ${this.button("15_minutes","approval_short")}
        ${this.request.always===null?A:M`<button class="button" ?disabled=${this.busy} @click=${()=>this.asked=!0}>
              ${r("approval_always")}
            </button>`}
        ${this.button("deny","approval_deny","danger")}
      </div>
      ${this.request.always===null?M`<p class="faint">${r("approval_full")}</p>`:A}
      ${this.asked&&this.request.always!==null?this.question(this.request.always):A}
    </article>`}call({action:C,entities:V,more:L}){let t=V.map(a=>a.entity_id===w5?r("all_entities"):a.name??a.entity_id);return M`<strong>${this.actions.of(C)}</strong>${t.length===0?"":`: ${t.join(", ")}`}
      ${L===0?"":Z("and_more",L)} <code class="faint">${C}</code>`}button(C,V,L=""){return M`<button class="button ${L}" ?disabled=${this.busy} @click=${()=>this.decide(C)}>
      ${r(V)}
    </button>`}question(C){return M`<drawbridge-dialog heading=${r("approval_always_heading")} @closed=${()=>this.asked=!1}>
      <p>${r("approval_always_text",{name:this.request.key_name})}</p>
      <ul class="difference good always" aria-label=${r("adds")}>
        ${C.map(({action:V,entity_id:L})=>M`<li data-sign="+">
            ${this.actions.of(V)}${L===null?"":`: ${this.nameOf(L)}`}
            <code class="faint">${V} ${L??""}</code>
          </li>`)}
      </ul>
      <button slot="actions" class="button" @click=${this.closeDialog}>${r("cancel")}</button>
      <button slot="actions" class="button main" ?disabled=${this.busy} @click=${()=>this.decide("always")}>
        ${r("approval_always_do")} <span class="hidden">${O(C.length)}</span>
      </button>
    </drawbridge-dialog>`}nameOf(C){return C===w5?r("all_entities"):k(this.hass,C)}async decide(C){this.busy=!0;try{await this.api.decide(this.request.id,C),F(this,{text:r(C==="deny"?"approval_denied":"approval_allowed",{name:this.request.key_name})})}catch(V){F(this,{text:f(V)})}finally{this.closeDialog(),this.busy=!1}}closeDialog(){this.renderRoot.querySelector("drawbridge-dialog")?.close()}};i([o({attribute:!1})],D.prototype,"request",2),i([o({type:Number})],D.prototype,"ends",2),i([o({attribute:!1})],D.prototype,"api",2),i([o({attribute:!1})],D.prototype,"hass",2),i([o({attribute:!1})],D.prototype,"actions",2),i([o()],D.prototype,"language",2),i([p()],D.prototype,"busy",2),i([p()],D.prototype,"asked",2);v("drawbridge-approval-card",D);var t1=class extends l{constructor(){super(...arguments);this.requests=[];this.language="";this.ends=new Map}static{this.styles=[x,s`
      section,
      ul {
        display: grid;
        gap: 10px;
      }
    `]}willUpdate(C){if(!C.has("requests"))return;let V=this.ends,L=({id:t,seconds_left:a})=>[t,V.get(t)??Date.now()+a*1e3];this.ends=new Map(this.requests.map(L))}render(){return M`<div role="alert">
        ${this.requests.length===0?A:M`<h2>${Z("approvals",this.requests.length)}</h2>`}
      </div>
      ${this.requests.length===0?A:this.list()}`}list(){return M`<ul aria-label=${Z("approvals",this.requests.length)}>
      ${Z1(this.requests,C=>C.id,C=>M`<li>
          <drawbridge-approval-card
            .request=${C}
            .ends=${this.ends.get(C.id)??0}
            .api=${this.api}
            .hass=${this.hass}
            .actions=${this.actions}
            .language=${this.language}
          ></drawbridge-approval-card>
        </li>`)}
    </ul>`}};i([o({attribute:!1})],t1.prototype,"requests",2),i([o({attribute:!1})],t1.prototype,"api",2),i([o({attribute:!1})],t1.prototype,"hass",2),i([o({attribute:!1})],t1.prototype,"actions",2),i([o()],t1.prototype,"language",2);v("drawbridge-approval-list",t1);var $=class extends l{constructor(){super(...arguments);this.keys=[];this.first="";this.other=""}static{this.styles=[x,r1]}willUpdate(C){C.has("first")&&(this.other===""||this.other===this.first)&&(this.other=this.keys.find(V=>V.id!==this.first)?.id??"")}firstUpdated(){this.load()}render(){return M`<drawbridge-dialog heading=${r("compare")} @closed=${this.closed}>
      <div class="row">
        ${this.choice(r("compare_first"),this.first,this.other,C=>this.first=C)}
        ${this.choice(r("compare_second"),this.other,this.first,C=>this.other=C)}
      </div>
      ${this.error===void 0?A:M`<p class="error" role="alert">${f(this.error)}</p>`}
      ${this.found===void 0?A:this.result(this.found)}
      <button slot="actions" class="button main" @click=${()=>this.dialog.close()}>${r("close")}</button>
    </drawbridge-dialog>`}choice(C,V,L,t){return M`<label class="field">
      <span>${C}</span>
      <select @change=${n=>{t(n.target.value),this.load()}}>
        ${this.keys.filter(n=>n.id!==L).map(n=>M`<option value=${n.id} ?selected=${n.id===V}>${n.name}</option>`)}
      </select>
    </label>`}result(C){let V=L=>r("only",{name:this.keys.find(t=>t.id===L)?.name??""});return M`
      ${X(this.hass,V(this.first),C.only_first,"+","good")}
      ${X(this.hass,V(this.other),C.only_second,"+","accent")}
      ${X(this.hass,r("both"),C.both,"=","")}
    `}async load(){let{first:C,other:V}=this;this.error=void 0;try{let L=await this.api.compare(C,V);C===this.first&&V===this.other&&(this.found=L)}catch(L){this.found=void 0,this.error=L}}closed(){this.dispatchEvent(new CustomEvent("closed"))}};i([o({attribute:!1})],$.prototype,"api",2),i([o({attribute:!1})],$.prototype,"hass",2),i([o({attribute:!1})],$.prototype,"keys",2),i([o()],$.prototype,"first",2),i([p()],$.prototype,"other",2),i([p()],$.prototype,"found",2),i([p()],$.prototype,"error",2),i([w("drawbridge-dialog")],$.prototype,"dialog",2);v("drawbridge-compare-dialog",$);var J="/config/integrations/integration/drawbridge";var s3={connected:"good",damaged:"bad",expired:"bad",expires_soon:"alert",learning:"accent",temporary:"accent",tests_fail:"bad"},h1=class extends l{constructor(){super(...arguments);this.comparable=!1;this.language=""}static{this.styles=[x,s`
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
    `]}render(){let{key:C}=this;return M`<article class="card ${C.enabled?"":"off"}" aria-labelledby="name">
      <header>
        <h3 id="name">${C.name}</h3>
        ${C.damaged===null?M`<button
              class="switch"
              role="switch"
              aria-checked=${C.enabled}
              aria-label=${r("key_switch",{name:C.name})}
              @click=${()=>this.ask(C.enabled?"disable":"enable")}
            ></button>`:A}
      </header>
      ${C.chips.length===0?A:M`<div class="row chips">${C.chips.map(V=>this.chip(V))}</div>`}
      ${C.damaged===null?this.facts():M`<p class="error">${r("key_damaged",{field:C.damaged})}</p>`}
      <footer>
        <a class="button" href=${J}>${S(F2,16)} ${r("edit")}</a>
        ${C.damaged===null?this.button("rotate",T2):A}
        ${C.damaged===null?this.button("policy",y2):A}
        ${C.learning?this.button("proposal",E2):A}
        ${this.comparable&&C.damaged===null?this.button("compare",F1):A}
        ${this.button("delete",_2)}
      </footer>
    </article>`}facts(){let{key:C}=this;return M`<dl>
      <dt>${r("may")}</dt>
      <dd>${C.capabilities.map(V=>y("capability",V)).join(", ")||r("nothing")}</dd>
      <dt>${r("sees")}</dt>
      <dd>${C.everything?r("sees_everything",{count:O(C.entities)}):Z("sees",C.entities)}</dd>
      ${C.services===null?A:M`<dt>${r("actions")}</dt>
            <dd>${C.services==="*"?r("all_actions"):Z("actions",C.services.length)}</dd>`}
      <dt>${r("last_used")}</dt>
      <dd title=${C.last_used===null?"":R(C.last_used)}>
        ${C.last_used===null?r("never"):B1(C.last_used)}
      </dd>
      <dt>${r("expires")}</dt>
      <dd title=${C.expires===null?"":R(C.expires)}>
        ${C.expires===null?r("never"):B1(C.expires)}
      </dd>
    </dl>`}chip(C){return M`<span class="chip ${s3[C]??""}">${this.chipText(C)}</span>`}chipText(C){let{expires:V,connected:L,temporary:t}=this.key;if(C==="expires_soon"&&V!==null)return r("chip_expires_soon",{when:B1(V)});if(C==="connected"&&L>1)return r("chip_connections",{count:O(L)});let a=Math.min(...t.map(n=>n.until));return C==="temporary"&&t.length>0?r("chip_temporary_until",{when:B1(a)}):C==="tests_fail"?Z("chip_tests_fail",this.key.failing_tests):y("chip",C)}button(C,V){return M`<button class="button ${C==="delete"?"danger":""}" @click=${()=>this.ask(C)}>
      ${S(V,16)} ${r(`task_${C}`)} <span class="hidden">${this.key.name}</span>
    </button>`}ask(C){this.dispatchEvent(new CustomEvent("task",{detail:C}))}};i([o({attribute:!1})],h1.prototype,"key",2),i([o({type:Boolean})],h1.prototype,"comparable",2),i([o()],h1.prototype,"language",2);v("drawbridge-key-card",h1);var v3=["not_controls","not_sees","controls","sees"],x3=["homeassistant.toggle","homeassistant.turn_off","homeassistant.turn_on"],T=class extends l{constructor(){super(...arguments);this.keys=[];this.expect="not_controls";this.about="entity";this.target="";this.action="";this.busy=!1;this.loader=new B(this,()=>this.api.tests(this.key.id))}static{this.styles=[x,s`
      li {
        display: grid;
        grid-template-columns: minmax(76px, max-content) 1fr auto;
        align-items: center;
        gap: 2px 12px;
        padding: 6px 0;
        border-bottom: 1px solid var(--line);
      }
      li > div {
        overflow-wrap: anywhere;
      }
      li > .chip {
        justify-self: start;
      }
      form {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(200px, 100%), 1fr));
        align-items: end;
        gap: 12px;
      }
      drawbridge-entity-picker {
        grid-column: 1 / -1;
      }
      form .button {
        justify-self: start;
      }
    `]}firstUpdated(){this.loader.start()}willUpdate(C){this.hasUpdated&&(C.has("keys")||C.has("hass"))&&this.loader.refresh()}render(){let C=this.error??this.loader.error;return M`<drawbridge-dialog heading=${r("policy_heading",{name:this.key.name})} @closed=${this.closed}>
      <p>${r("policy_text")}</p>
      ${this.list()} ${this.form()}
      ${C===void 0?A:M`<p class="error" role="alert">${f(C)}</p>`}
      <button slot="actions" class="button main" @click=${()=>this.dialog.close()}>${r("close")}</button>
    </drawbridge-dialog>`}list(){let C=this.loader.value?.results;return C===void 0?this.loader.error===void 0?M`<p class="faint" role="status">${r("loading")}</p>`:A:C.length===0?M`<p class="faint">${r("policy_empty")}</p>`:M`<ul aria-label=${r("task_policy")}>
      ${C.map(V=>this.line(V))}
    </ul>`}line(C){let V=V2(this.hass,C.test),L=C.test.area_id===null?"":C.entities.map(t=>k(this.hass,t)).join(", ");return M`<li>
      <span class="chip ${k5[C.status]??""}">${y("test",C.status)}</span>
      <div>
        ${V}
        <div class="faint">
          ${L===""?A:M`${L}${C.more>0?` +${O(C.more)}`:""}: `}<span lang="en"
            >${C.rule}</span
          >
        </div>
      </div>
      <button
        class="icon-button"
        aria-label=${r("policy_remove",{name:V})}
        title=${r("policy_remove",{name:V})}
        ?disabled=${this.busy}
        @click=${()=>this.change(()=>this.api.removeTest(this.key.id,C.test))}
      >
        ${S(l1)}
      </button>
    </li>`}form(){let{results:C,max:V}=this.loader.value??{results:[],max:1/0};return C.length>=V?M`<p class="notice">${r("policy_limit",{max:O(V)})}</p>`:M`<form @submit=${this.add} aria-label=${r("policy_add")}>
      ${this.choice(r("policy_expect"),this.expect,v3.map(L=>[L,y("expect",L)]),L=>{this.expect=L})}
      ${this.choice(r("policy_about"),this.about,[["entity",r("policy_about_entity")],["area",r("policy_about_area")]],L=>{this.about=L,this.target=this.action=""})}
      ${this.about==="entity"?this.entities():this.areas()} ${this.actions()}
      <button class="button" type="submit" ?disabled=${this.busy||this.target===""}>
        ${S($2,16)} ${r("policy_add")}
      </button>
    </form>`}entities(){return M`<drawbridge-entity-picker
      inline
      .hass=${this.hass}
      .label=${r("entity")}
      @picked=${C=>this.choose(C.detail)}
    ></drawbridge-entity-picker>`}areas(){let C=Object.keys(this.hass.areas??{}).map(V=>[V,V1(this.hass,V)]);return C.sort(([,V],[,L])=>V.localeCompare(L)),this.choice(r("area"),this.target,[["",r("policy_choose")],...C],V=>this.choose(V))}actions(){if(!this.expect.endsWith("controls"))return A;let C=this.actionNames().map(V=>[V,V]);return this.choice(r("action"),this.action,[["",r("policy_any_action")],...C],V=>{this.action=V})}actionNames(){if(this.target==="")return[];let C=this.about==="entity"?[this.target]:Object.keys(this.hass.states).filter(t=>v1(this.hass,t)===this.target);return[...[...new Set(C.map(t=>t.split(".")[0]??""))].flatMap(t=>Object.keys(this.hass.services?.[t]??{}).map(a=>`${t}.${a}`)).sort(),...x3]}choice(C,V,L,t){return M`<label class="field">
      <span>${C}</span>
      <select @change=${a=>t(a.target.value)}>
        ${L.map(([a,n])=>M`<option value=${a} ?selected=${a===V}>${n}</option>`)}
      </select>
    </label>`}choose(C){this.target=C,this.action="",this.error=void 0}async add(C){C.preventDefault();let V={expect:this.expect,entity_id:this.about==="entity"?this.target:null,area_id:this.about==="area"?this.target:null,action:this.expect.endsWith("controls")&&this.action!==""?this.action:null};await this.change(()=>this.api.addTest(this.key.id,V))}async change(C){this.error=void 0,this.busy=!0;try{this.loader.take(await C())}catch(V){this.error=V}finally{this.busy=!1}}closed(){this.dispatchEvent(new CustomEvent("closed"))}};i([o({attribute:!1})],T.prototype,"api",2),i([o({attribute:!1})],T.prototype,"hass",2),i([o({attribute:!1})],T.prototype,"key",2),i([o({attribute:!1})],T.prototype,"keys",2),i([p()],T.prototype,"expect",2),i([p()],T.prototype,"about",2),i([p()],T.prototype,"target",2),i([p()],T.prototype,"action",2),i([p()],T.prototype,"busy",2),i([p()],T.prototype,"error",2),i([w("drawbridge-dialog")],T.prototype,"dialog",2);v("drawbridge-policy-dialog",T);var C1=class extends l{static{this.styles=[x,r1]}firstUpdated(){this.load()}render(){return M`<drawbridge-dialog heading=${r("proposal_heading",{name:this.key.name})} @closed=${this.closed}>
      ${this.content()}
      <button slot="actions" class="button" @click=${()=>this.dialog.close()}>${r("close")}</button>
      ${this.found===void 0?A:M`<a slot="actions" class="button main" href=${J}>${r("proposal_review")}</a>`}
    </drawbridge-dialog>`}content(){if(this.error!==void 0)return M`<p role="alert">${this.problem(this.error)}</p>`;if(this.found===void 0)return M`<p class="faint" role="status">${r("loading")}</p>`;let{used:H,refused:C,unused:V,doubtful:L,left_out:t,since:a,requests:n,keep_scope:d}=this.found,u={capabilities:[],entities:t,services:L,events:[]};return M`
      <p>${Z("proposal_requests",n,{since:R(a)})}</p>
      ${X(this.hass,r("proposal_used"),H,"=","good")}
      ${L.length+t.length===0?A:X(this.hass,r("proposal_left_out"),u,"×","alert")}
      ${X(this.hass,r("proposal_refused"),C,"×","bad")}
      ${X(this.hass,r("proposal_unused"),V,"−","alert")}
      <drawbridge-preview .api=${this.api} .hass=${this.hass} .keyId=${this.key.id}></drawbridge-preview>
      ${d?M`<p class="notice">${r("proposal_keep_scope")}</p>`:A}
    `}problem(H){return typeof H=="object"&&H!==null&&"code"in H&&H.code==="not_found"?r("proposal_none"):f(H)}async load(){try{this.found=await this.api.proposal(this.key.id)}catch(H){this.error=H}}closed(){this.dispatchEvent(new CustomEvent("closed"))}};i([o({attribute:!1})],C1.prototype,"api",2),i([o({attribute:!1})],C1.prototype,"hass",2),i([o({attribute:!1})],C1.prototype,"key",2),i([p()],C1.prototype,"found",2),i([p()],C1.prototype,"error",2),i([w("drawbridge-dialog")],C1.prototype,"dialog",2);v("drawbridge-proposal-dialog",C1);var u3=[[0,"overlap_none"],[3600,"overlap_hour"],[86400,"overlap_day"],[604800,"overlap_week"]],Z3=86400,E=class extends l{constructor(){super(...arguments);this.overlap=Z3;this.busy=!1;this.copied=""}static{this.styles=[x,s`
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
    `]}render(){let C=r("rotate_heading",{name:this.key.name});return M`<drawbridge-dialog heading=${C} ?locked=${this.made!==void 0||this.busy} @closed=${this.closed}>
      ${this.made===void 0?this.choice():this.secret(this.made)}
    </drawbridge-dialog>`}choice(){return M`
      <p>${r("rotate_text")}</p>
      <label class="field">
        <span>${r("overlap")}</span>
        <select @change=${this.choose}>
          ${u3.map(([C,V])=>M`<option value=${C} ?selected=${C===this.overlap}>${r(V)}</option>`)}
        </select>
      </label>
      ${this.error===void 0?A:M`<p class="error" role="alert">${f(this.error)}</p>`}
      <button slot="actions" class="button" @click=${()=>this.dialog.close()}>${r("cancel")}</button>
      <button slot="actions" class="button main" ?disabled=${this.busy} @click=${this.rotate}>
        ${r("task_rotate")}
      </button>
    `}secret(C){let[V=""]=C.urls,L=`curl -H "Authorization: Bearer ${C.secret}" ${V}/api/states`;return M`
      <p role="status"><strong>${r("secret_once")}</strong></p>
      ${this.copyable(r("secret"),C.secret)}
      ${C.urls.map(t=>this.copyable(r("address"),t))}
      ${V===""?A:this.copyable(r("try_it"),L)}
      <span role="status" class="faint">${this.copied}</span>
      <button slot="actions" class="button main" @click=${()=>this.dialog.close()}>${r("secret_done")}</button>
    `}copyable(C,V){return M`<div>
      <div class="faint">${C}</div>
      <div class="copyable">
        <code>${V}</code>
        <button class="icon-button" aria-label=${r("copy",{what:C})} @click=${()=>this.copy(C,V)}>
          ${S(O2)}
        </button>
      </div>
    </div>`}async copy(C,V){let L=await v5(V,this.dialog);this.copied=r(L?"copied":"not_copied",{what:C})}choose(C){this.overlap=Number(C.target.value)}async rotate(){this.busy=!0,this.error=void 0;try{this.made=await this.api.rotate(this.key.id,this.overlap)}catch(C){this.error=C}finally{this.busy=!1}}closed(){this.made=void 0,this.dispatchEvent(new CustomEvent("closed"))}};i([o({attribute:!1})],E.prototype,"api",2),i([o({attribute:!1})],E.prototype,"key",2),i([p()],E.prototype,"overlap",2),i([p()],E.prototype,"made",2),i([p()],E.prototype,"error",2),i([p()],E.prototype,"busy",2),i([p()],E.prototype,"copied",2),i([w("drawbridge-dialog")],E.prototype,"dialog",2);v("drawbridge-rotate-dialog",E);var H1=class extends l{constructor(){super(...arguments);this.keys=[];this.loading=!1;this.language=""}static{this.styles=[x,s`
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
    `]}render(){return this.keys.length===0?this.empty():M`
      <div class="row tools">
        ${this.keys.length<2?A:M`<button class="button" @click=${this.compareFirst}>${S(F1)} ${r("compare")}</button>`}
        <a class="button main" href=${J}>${S(M2)} ${r("add_key")}</a>
      </div>
      <ul aria-label=${r("tab_keys")}>
        ${Z1(this.keys,C=>C.id,C=>M`<li>
            <drawbridge-key-card
              .key=${C}
              .comparable=${this.keys.length>1}
              .language=${this.language}
              @task=${V=>this.begin(V.detail,C)}
            ></drawbridge-key-card>
          </li>`)}
      </ul>
      ${this.dialog()}
    `}empty(){return this.loading?M`<p class="empty" role="status">${r("loading")}</p>`:M`<div class="empty">
      ${S(B2)}
      <h2>${r("keys_empty")}</h2>
      <p>${r("keys_empty_hint")}</p>
      <a class="button main" href=${J}>${S(M2)} ${r("add_key")}</a>
    </div>`}dialog(){if(this.task===void 0)return A;let{name:C,key:V}=this.task,L=()=>{this.task=void 0};switch(C){case"rotate":return M`<drawbridge-rotate-dialog .api=${this.api} .key=${V} @closed=${L}></drawbridge-rotate-dialog>`;case"compare":return M`<drawbridge-compare-dialog
          .api=${this.api}
          .hass=${this.hass}
          .keys=${this.keys}
          .first=${V.id}
          @closed=${L}
        ></drawbridge-compare-dialog>`;case"policy":return M`<drawbridge-policy-dialog
          .api=${this.api}
          .hass=${this.hass}
          .key=${V}
          .keys=${this.keys}
          @closed=${L}
        ></drawbridge-policy-dialog>`;case"proposal":return M`<drawbridge-proposal-dialog
          .api=${this.api}
          .hass=${this.hass}
          .key=${V}
          @closed=${L}
        ></drawbridge-proposal-dialog>`}}compareFirst(){let[C]=this.keys;C!==void 0&&(this.task={name:"compare",key:C})}async begin(C,V){try{C==="enable"||C==="disable"?await this.setEnabled(V,C==="enable"):C==="delete"?await this.delete(V):this.task={name:C,key:V}}catch(L){F(this,{text:f(L)}),this.keys=[...this.keys.map(t=>({...t}))]}}async setEnabled(C,V){await this.api.setEnabled(C.id,V),F(this,{text:r(V?"key_enabled":"key_disabled",{name:C.name})})}async delete(C){let{undo:V,until:L}=await this.api.delete(C.id),t=async()=>{await this.api.undo(V),F(this,{text:r("key_restored",{name:C.name})})};F(this,{text:r("key_deleted",{name:C.name}),action:{label:r("undo"),run:t},until:L})}};i([o({attribute:!1})],H1.prototype,"hass",2),i([o({attribute:!1})],H1.prototype,"api",2),i([o({attribute:!1})],H1.prototype,"keys",2),i([o({type:Boolean})],H1.prototype,"loading",2),i([o()],H1.prototype,"language",2),i([p()],H1.prototype,"task",2);v("drawbridge-keys-view",H1);var T5=s`
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
  .badge {
    display: inline-block;
    min-width: 20px;
    margin-inline-start: 4px;
    padding: 0 6px;
    border-radius: 10px;
    background: var(--alert);
    color: #000;
    font-size: 12px;
    line-height: 20px;
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
`;var g1=class{constructor(H,C,V){this.command=H;this.receive=C;this.changed=V;this.status="loading";this.attempt=0;this.losses=0;this.retryMs=500;this.again=()=>{this.abandon(),this.subscribe(this.attempt)};this.lost=()=>{this.losses+=1,this.abandon(),this.unsubscribe=void 0,this.retryMs=500,this.become("offline")}}start(H){this.connection!==H&&(this.stop(),this.connection=H,H.addEventListener("ready",this.again),H.addEventListener("disconnected",this.lost),this.again())}stop(){this.connection?.removeEventListener("ready",this.again),this.connection?.removeEventListener("disconnected",this.lost),this.connection=void 0,this.abandon();let H=this.unsubscribe;this.unsubscribe=void 0,H?.().catch(()=>{})}abandon(){this.attempt+=1,window.clearTimeout(this.timer)}async subscribe(H){let{connection:C,losses:V}=this;if(C===void 0)return;let L=t=>{H===this.attempt&&("closed"in t?this.retry({code:"not_loaded"}):this.receive(t))};try{let t=await C.subscribeMessage(L,this.command,{resubscribe:!1});if(H!==this.attempt){V===this.losses&&t().catch(()=>{});return}this.unsubscribe=t,this.retryMs=500,this.become("live")}catch(t){H===this.attempt&&this.retry(t)}}retry(H){this.abandon(),this.unsubscribe=void 0,this.become({error:H}),this.timer=window.setTimeout(this.again,this.retryMs),this.retryMs=Math.min(this.retryMs*2,1e4)}become(H){this.status=H,this.changed()}};var c3=8,R1=class extends l{constructor(){super(...arguments);this.left=0}static{this.styles=[x,s`
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
    `]}show(C){this.message=C;let V=C.until??Date.now()/1e3+c3;window.clearInterval(this.timer),this.timer=window.setInterval(()=>this.tick(V),250),this.tick(V)}disconnectedCallback(){super.disconnectedCallback(),window.clearInterval(this.timer)}render(){return M`<div role="status">${this.message===void 0?A:this.bar(this.message)}</div>`}bar(C){let{action:V}=C;return M`<div class="bar">
      <span>${C.text}</span>
      ${V===void 0?A:M`<button class="button" @click=${()=>this.run(V.run)}>
            ${V.label} <span aria-hidden="true">${C.until===void 0?"":O(this.left)}</span>
          </button>`}
      <button class="icon-button" aria-label=${r("close")} @click=${this.hide}>${S(l1)}</button>
    </div>`}tick(C){this.left=Math.ceil(C-Date.now()/1e3),this.left<=0&&this.hide()}hide(){window.clearInterval(this.timer),this.message=void 0}async run(C){this.hide();try{await C()}catch(V){this.show({text:f(V)})}}};i([p()],R1.prototype,"message",2),i([p()],R1.prototype,"left",2);v("drawbridge-snack-bar",R1);var f1=["activity","keys","access"],h3=["connection","locale","config","themes","dockedSidebar","entities","devices","areas"];function g3(e,H){return H===void 0||h3.some(C=>e[C]!==H[C])}var G=class extends l{constructor(){super(...arguments);this.narrow=!1;this.route={prefix:"/drawbridge",path:""};this.keys=[];this.records=[];this.requests=[];this.api=new e2(()=>this.hass);this.actions=new c1;this.kept=new C2;this.changed=()=>this.requestUpdate();this.ofKeys=new g1({type:"drawbridge/keys/subscribe"},C=>this.keys=C.keys,this.changed);this.ofActivity=new g1({type:"drawbridge/activity/subscribe",limit:1e3},C=>{this.kept.take(C),this.records=this.kept.all},this.changed);this.ofApprovals=new g1({type:"drawbridge/approvals/subscribe"},C=>this.requests=C.requests,this.changed)}static{this.styles=[x,T5]}get tab(){return f1.find(C=>this.route.path.startsWith(`/${C}`))??"activity"}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.subscribe()}disconnectedCallback(){super.disconnectedCallback(),this.ofKeys.stop(),this.ofActivity.stop(),this.ofApprovals.stop()}willUpdate(C){C.has("hass")&&(t5(this.hass),this.style.colorScheme=this.hass.themes?.darkMode===!0?"dark":"light",C.get("hass")?.locale.language!==this.hass.locale.language&&this.loadActions(),this.subscribe())}render(){return M`
      <header>
        ${this.narrow||this.hass.dockedSidebar==="always_hidden"?M`<button class="icon-button" aria-label=${r("menu")} @click=${this.toggleMenu}>
              ${S(P2,24)}
            </button>`:A}
        <h1>Drawbridge</h1>
        <div role="tablist" aria-label="Drawbridge" @keydown=${this.pressTab}>
          ${f1.map(C=>this.tabButton(C))}
        </div>
      </header>
      <main
        id="view"
        role="tabpanel"
        aria-labelledby="tab-${this.tab}"
        @drawbridge-message=${C=>this.snackBar.show(C.detail)}
      >
        ${this.banner()} ${this.tab==="activity"?this.approvals():A} ${this.view()}
      </main>
      <drawbridge-snack-bar></drawbridge-snack-bar>
    `}tabButton(C){let V=C===this.tab;return M`<button
      id="tab-${C}"
      role="tab"
      aria-selected=${V}
      aria-controls="view"
      tabindex=${V?0:-1}
      @click=${()=>this.go(C)}
    >
      ${r(`tab_${C}`)}${C==="activity"&&this.requests.length>0?M` <span class="badge" title=${Z("approvals",this.requests.length)}>${this.requests.length}</span>`:A}
    </button>`}approvals(){return M`<drawbridge-approval-list
      .hass=${this.hass}
      .api=${this.api}
      .actions=${this.actions}
      .requests=${this.requests}
      .language=${this.hass.locale.language}
    ></drawbridge-approval-list>`}view(){let{language:C}=this.hass.locale;switch(this.tab){case"activity":return M`<drawbridge-activity-view
          .hass=${this.hass}
          .api=${this.api}
          .actions=${this.actions}
          .records=${this.records}
          .missed=${this.kept.missed}
          .keys=${this.keys}
          .loading=${this.ofActivity.status!=="live"}
          .language=${C}
        ></drawbridge-activity-view>`;case"keys":return M`<drawbridge-keys-view
          .hass=${this.hass}
          .api=${this.api}
          .keys=${this.keys}
          .loading=${this.ofKeys.status!=="live"}
          .language=${C}
        ></drawbridge-keys-view>`;case"access":return M`<drawbridge-access-view
          .hass=${this.hass}
          .api=${this.api}
          .keys=${this.keys}
          .narrow=${this.narrow}
          .language=${C}
        ></drawbridge-access-view>`}}banner(){let C=[this.ofKeys.status,this.ofActivity.status],V=C.find(L=>typeof L=="object");return C.includes("offline")?M`<p class="notice" role="alert">${r("offline")}</p>`:V===void 0?A:M`<p class="notice" role="alert">${f(V.error)} <a href=${J}>${r("open_settings")}</a></p>`}subscribe(){this.ofKeys.start(this.hass.connection),this.ofActivity.start(this.hass.connection),this.ofApprovals.start(this.hass.connection)}async loadActions(){await this.actions.load(this.hass),this.records=[...this.records]}go(C){history.pushState(null,"",`${this.route.prefix}/${C}`),window.dispatchEvent(new CustomEvent("location-changed",{detail:{replace:!1}}))}pressTab(C){let L={ArrowLeft:-1,ArrowRight:1}[C.key];if(L===void 0)return;let t=f1[(f1.indexOf(this.tab)+L+f1.length)%f1.length]??"activity";this.go(t),this.renderRoot.querySelector(`#tab-${t}`)?.focus()}toggleMenu(){this.dispatchEvent(new CustomEvent("hass-toggle-menu",{bubbles:!0,composed:!0}))}};i([o({attribute:!1,hasChanged:g3})],G.prototype,"hass",2),i([o({type:Boolean,reflect:!0})],G.prototype,"narrow",2),i([o({attribute:!1})],G.prototype,"route",2),i([p()],G.prototype,"keys",2),i([p()],G.prototype,"records",2),i([p()],G.prototype,"requests",2),i([w("drawbridge-snack-bar")],G.prototype,"snackBar",2);v("drawbridge-panel",G);export{G as DrawbridgePanel};
