"""The table of :mod:`functions.payments.posting.carc`: code, treatment, cause, our words."""

from __future__ import annotations

from typing import Final

ROWS: Final = """
1|patient|patient|Deductible
2|patient|patient|Coinsurance
3|patient|patient|Copay
4|denial|coding|Modifier is missing or does not fit the procedure
5|denial|coding|Place of service does not fit the procedure
6|denial|coding|Procedure does not fit the patient's age
7|denial|coding|Procedure does not fit the patient's sex
8|denial|provider|Procedure does not fit the provider's specialty
9|denial|coding|Diagnosis does not fit the patient's age
10|denial|coding|Diagnosis does not fit the patient's sex
11|denial|coding|Diagnosis does not fit the procedure
12|denial|coding|Diagnosis does not fit the provider's kind
13|denial|eligibility|Date of death lies before the service
14|denial|eligibility|Date of birth lies after the service
16|denial|documentation|Something on the claim is missing or wrong
18|duplicate|duplicate|Claim or service was sent before
19|transfer|other-payer|Work-related: workers' compensation is to pay
20|transfer|other-payer|Liability carrier is to pay
21|transfer|other-payer|No-fault carrier is to pay
22|transfer|other-payer|Another payer may come first
23|informational|other-payer|What earlier payers paid or took off
24|transfer|other-payer|Covered by capitation or a managed care plan
26|transfer|eligibility|Service lies before the coverage began
27|transfer|eligibility|Coverage had ended
29|denial|timely-filing|Came after the time for filing
31|transfer|eligibility|Patient not found as insured
32|transfer|eligibility|Dependent not found as eligible
33|transfer|eligibility|Insured has no dependent coverage
34|transfer|eligibility|Insured has no newborn coverage
35|patient|coverage|Lifetime maximum is reached
39|denial|authorization|Authorization had been refused
40|denial|medical-necessity|Not an emergency or urgent care
44|contractual|other|Prompt-pay discount
45|contractual|other|Above the fee that contract or law allows
49|patient|coverage|Routine or screening service, not covered
50|denial|medical-necessity|Not found medically necessary
51|denial|coverage|Pre-existing condition
53|denial|provider|Service for a relative or household member
54|denial|coding|Assistant or several surgeons not covered
55|denial|medical-necessity|Found experimental
56|denial|medical-necessity|Not found effective
58|denial|coding|Place of service found unsuitable
59|contractual|other|Reduced for several or concurrent procedures
60|denial|bundling|Outpatient service close to an inpatient stay
61|contractual|other|Penalty for a missing second opinion
66|patient|patient|Blood deductible
69|contractual|other|Day outlier
70|contractual|other|Cost outlier
74|contractual|other|Indirect medical education
75|contractual|other|Direct medical education
76|contractual|other|Disproportionate share
78|denial|coverage|Days or room charge not covered
85|informational|patient|Patient interest
89|contractual|other|Professional fees taken out of the charge
90|contractual|other|Ingredient cost
91|contractual|other|Dispensing fee
94|informational|bundling|Paid in excess of the charge
95|denial|authorization|Plan procedures were not followed
96|denial|coverage|Not a covered charge
97|denial|bundling|Included in the payment of another service
100|informational|patient|Payment went to the patient or insured
101|informational|other|Estimate before the service
102|contractual|other|Major medical adjustment
103|contractual|other|Promotional discount
104|contractual|other|Managed care withhold
105|informational|other|Tax withheld
106|patient|patient|Payment option was not in effect
107|denial|coding|Related service was not found
108|denial|coding|Rent or purchase rules were not met
109|transfer|other-payer|Belongs to another payer or contractor
110|denial|coding|Billed before the day of the service
111|denial|provider|Covered only where assignment is accepted
112|denial|documentation|Not furnished directly to the patient, or not documented
114|denial|medical-necessity|Product is not approved by the FDA
115|denial|other|Procedure was postponed or cancelled
116|denial|documentation|Advance notice to the patient was not valid
117|denial|coverage|Transport covered to the nearest facility only
118|contractual|other|Reduced for ESRD network support
119|patient|coverage|Benefit maximum of the period is reached
121|denial|other|Indemnification adjustment
122|informational|other|Psychiatric reduction
128|denial|bundling|Newborn's services are in the mother's allowance
129|denial|documentation|Prior payer's information is wrong
130|contractual|other|Claim submission fee
131|contractual|other|Negotiated discount of the claim
132|contractual|other|Demonstration project
133|denial|other|Service is still under review
134|contractual|other|Technical fees taken out of the charge
135|denial|coding|Interim bills can't be processed
136|denial|other-payer|Prior payer's rules were not followed
137|contractual|other|Regulatory surcharge or tax
139|contractual|other|Provider and subscriber agreement
140|transfer|eligibility|Member number and name do not match
142|patient|patient|Monthly Medicaid liability
143|informational|other|Part of the payment is deferred
144|contractual|other|Incentive
146|denial|coding|Diagnosis was not valid on the day of service
147|contractual|other|Negotiated rate has ended or does not apply
148|denial|documentation|Another provider's information is missing
149|patient|coverage|Lifetime maximum of this service is reached
150|denial|medical-necessity|Level of service is not supported
151|denial|medical-necessity|This many services are not supported
152|denial|medical-necessity|Length of service is not supported
153|denial|medical-necessity|Dosage is not supported
154|denial|medical-necessity|Day's supply is not supported
155|denial|patient|Patient refused the service
157|denial|coverage|Act of war
158|denial|coverage|Outside of the United States
159|denial|coverage|Terrorism
160|denial|coverage|Excluded activity
161|contractual|other|Provider performance bonus
163|denial|documentation|Attachment was not received
164|denial|documentation|Attachment came too late
165|denial|authorization|Referral is missing
166|transfer|other-payer|Sent after the payer's responsibility had ended
167|denial|coverage|Diagnosis is not covered
168|transfer|other-payer|Covered by another plan of this payer
169|denial|coverage|An alternate benefit was provided
170|denial|provider|Not payable to this kind of provider
171|denial|provider|Not payable to this kind of provider in this facility
172|denial|provider|Reduced or refused for this specialty
173|denial|documentation|No physician's order
174|denial|documentation|Not ordered before delivery
175|denial|documentation|Prescription is incomplete
176|denial|documentation|Prescription is out of date
177|transfer|eligibility|Eligibility requirements are not met
178|patient|patient|Spend-down is not met
179|denial|eligibility|Waiting period is not over
180|denial|eligibility|Residency requirements are not met
181|denial|coding|Procedure was not valid on the day of service
182|denial|coding|Modifier was not valid on the day of service
183|denial|provider|Referring provider may not refer this service
184|denial|provider|Ordering provider may not order this service
185|denial|provider|Rendering provider may not perform this service
186|contractual|other|Level of care was changed
187|informational|patient|Paid from a consumer account
188|denial|coverage|Covered only when used as approved
189|denial|coding|Unlisted code where a specific one exists
190|denial|bundling|Included in the facility's stay
192|denial|documentation|Non-standard adjustment on paper
193|denial|other|First decision is upheld
194|denial|bundling|Anesthesia by the operating physician
195|denial|other|Refund was issued to another in error
197|denial|authorization|No prior authorization
198|denial|authorization|Beyond what was authorized
199|denial|coding|Revenue code and procedure do not fit
200|transfer|eligibility|Coverage had lapsed
201|patient|patient|Settlement: set aside for the patient
202|denial|coverage|Personal comfort or convenience
203|contractual|other|Discontinued or reduced service
204|patient|coverage|Not covered by the plan
205|contractual|other|Pharmacy discount card
206|denial|provider|NPI is missing
207|denial|provider|NPI is not valid
208|denial|provider|NPI does not match
209|transfer|other-payer|Patient may not be billed; a later payer may
210|denial|authorization|Authorization was late
211|denial|medical-necessity|NDC is not eligible
212|denial|coverage|Administrative surcharge not covered
213|denial|provider|Self-referral rules
215|transfer|other-payer|Recovered from a third party
216|denial|medical-necessity|Review organisation's findings
219|transfer|other-payer|Extent of injury is in question
222|denial|coverage|Above the contract's maximum number
223|contractual|other|Mandated by law or regulation
224|denial|eligibility|Possible identity theft
225|informational|other|Interest or penalty
226|denial|documentation|Information asked of the provider did not come
227|transfer|documentation|Information asked of the patient did not come
228|denial|documentation|Information asked of somebody else did not come
229|informational|other-payer|Part of the charge was not looked at by Medicare
231|denial|bundling|Mutually exclusive on the same day
232|contractual|other|Institutional transfer
233|denial|medical-necessity|Hospital-acquired condition
234|denial|bundling|Not paid separately
235|contractual|other|Sales tax
236|denial|bundling|Combination not allowed on the same day (NCCI)
237|contractual|other|Penalty of law or regulation
238|transfer|eligibility|Claim spans eligible and ineligible days
239|denial|eligibility|Claim spans eligible and ineligible days: split it
240|denial|coding|Diagnosis does not fit the birth weight
241|informational|patient|Low income subsidy
242|denial|authorization|Not from the network or the primary care provider
243|denial|authorization|Not authorized by the network or primary care provider
245|contractual|other|Provider performance withhold
246|informational|other|For reporting only
247|patient|patient|Deductible of an inpatient's professional service
248|patient|patient|Coinsurance of an inpatient's professional service
249|denial|other|Readmission
250|denial|documentation|Attachment is not what was asked for
251|denial|documentation|Attachment is incomplete
252|denial|documentation|Attachment is required
253|contractual|other|Sequestration
254|transfer|other-payer|Dental plan is to be billed
256|denial|coverage|Not payable by the managed care contract
257|denial|other|Pending premium in the grace period
258|denial|eligibility|Patient was in custody
259|denial|coverage|Additional payment for dental or vision
260|denial|other|Dispute is with the provider
261|denial|medical-necessity|Does not fit the patient's history
262|contractual|other|Delivery cost
263|contractual|other|Shipping cost
264|contractual|other|Postage cost
265|contractual|other|Administrative cost
266|contractual|other|Compound preparation cost
267|denial|coding|Claim spans several months
268|denial|coding|Claim spans two calendar years
269|denial|coding|Anesthesia not covered for this procedure
270|transfer|other-payer|Dental plan is to be billed
271|informational|other|Prior contractual reductions
272|denial|coverage|Coverage guidelines were not met
273|denial|coverage|Coverage guidelines were exceeded
274|denial|coverage|Not payable in the care coordination arrangement
275|patient|other-payer|Prior payer's patient share is not covered
276|denial|other-payer|Prior payer's denial not covered
277|denial|eligibility|Premium's grace period: undetermined
278|denial|other|Performance program's demands were not met
279|denial|provider|Not from the preferred network
280|transfer|other-payer|Pharmacy plan is to be billed
281|contractual|patient|Deductible waived by contract
282|denial|coding|Procedure does not fit the type of bill
283|denial|provider|Attending provider may not give this service
284|denial|authorization|Authorization does not fit the services
285|denial|other|Appeal procedures were not followed
286|denial|timely-filing|Appeal came too late
287|denial|authorization|Referral exceeded
288|denial|authorization|Referral is missing
289|denial|coverage|Looked at under medical and dental plan: no benefit
290|transfer|other-payer|Dental plan: forwarded to the medical one
291|transfer|other-payer|Medical plan: forwarded to the dental one
292|transfer|other-payer|Medical plan: forwarded to the pharmacy one
293|informational|other|Payment went to the employer
294|informational|patient|Payment went to an attorney
295|denial|coverage|Pharmacy direct or indirect remuneration
296|denial|authorization|Authorization is for another provider
297|transfer|other-payer|Vision plan is to be billed
298|transfer|other-payer|Medical plan: forwarded to the vision one
299|denial|provider|Billing provider may not be paid for this service
300|transfer|other-payer|Medical plan: forwarded to behavioral health
301|transfer|other-payer|Behavioral health plan is to be billed
302|denial|authorization|Authorization's time had run out
303|contractual|other|Prior payer's patient share, not covered for a QMB
A0|informational|patient|Refund to the patient
A1|denial|documentation|Denied: a remark tells why
A5|contractual|other|Medicare claim price adjustment
A6|denial|coverage|Prior stay or order requirement was not met
A8|denial|coding|Ungroupable
B1|denial|coverage|Not covered visits
B4|denial|timely-filing|Late filing penalty
B7|denial|provider|Provider was not certified for the service on that day
B8|denial|coverage|Alternative services were available
B9|transfer|other-payer|Patient is in hospice
B10|contractual|bundling|Reduced: a part was paid to another
B11|transfer|other-payer|Forwarded to the proper payer
B12|denial|documentation|Not documented in the record
B13|duplicate|duplicate|Paid before
B14|denial|coding|One visit or consultation a day
B15|denial|bundling|Needs a qualifying service first
B16|denial|coding|New patient rules were not met
B20|denial|duplicate|Given by another provider
B22|informational|coding|Adjusted for the diagnosis
B23|denial|provider|Laboratory certification (CLIA)
P1|denial|other|State-mandated: property and casualty
P2|transfer|other-payer|Not work-related: workers' compensation refuses
P3|patient|patient|Workers' compensation case was settled
P4|transfer|other-payer|Workers' compensation refused the claim
P5|contractual|other|Based on reasonable and customary fees
P6|denial|coverage|Based on entitlement to benefits
P7|contractual|other|Fee schedule or usual fees
P8|denial|documentation|Claim is under investigation
P9|denial|coding|No code for the service
P10|denial|coverage|Reduced to zero by litigation
P11|transfer|other-payer|Disposition is pending
P12|contractual|other|Workers' compensation fee schedule
P13|denial|other|Reduced or refused by workers' compensation rules
P14|denial|bundling|Included in another service of the day
P15|denial|medical-necessity|Workers' compensation treatment guideline
P16|denial|provider|Provider is not authorized for the injured worker
P17|denial|authorization|Referral not authorized by the attending physician
P18|denial|coding|Procedure is not listed in the fee schedule
P19|denial|coding|Procedure has no relative value
P20|denial|coverage|Not paid under a jurisdiction's rules
P21|transfer|other-payer|Medical payments or injury coverage limits
P22|transfer|other-payer|Medical payments or injury coverage benefits
P23|contractual|other|Medical payments or injury fee schedule
P24|contractual|other|Preferred provider agreement
P25|contractual|other|Medical provider network
P26|contractual|other|Voluntary provider network
P27|denial|coverage|Liability coverage limits
P28|denial|coverage|Liability coverage guidelines
P29|contractual|other|Liability fee schedule
P30|denial|documentation|Exacerbation was not documented in full
P31|denial|medical-necessity|Exacerbation: longer than allowed
"""
