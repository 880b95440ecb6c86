"""The MLLP bridge and the laboratory that tries it out.

The bridge runs where a laboratory's line ends (its VPN, an interface engine), takes
HL7 v2 by MLLP, hands each message to the deployment's HTTPS endpoint under the lab's
own key, and gives back the ACK that it got. It keeps nothing: what it could not hand
over it answers with no ACK at all, so that the laboratory sends it again.
"""
